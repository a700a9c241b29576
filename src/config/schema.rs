//! The JSON Schema of the configuration, for editors.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::tables::{Config, RuleTable};
use crate::analysis::detectors::RULES;

/// JSON Schema, draft 2020-12, of `fragscope.toml` and of `[tool.fragscope]`.
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    let mut generator = settings.into_generator();
    let rule = generator.subschema_for::<RuleTable>();
    let mut schema = generator.into_root_schema_for::<Config>().to_value();
    schema["title"] = json!("fragscope.toml");
    // Which rules there are is not in the types.
    let rules = RULES.iter().map(|each| {
        let mut of_rule = rule.clone().to_value();
        of_rule["description"] = json!(each.summary);
        (each.id.to_owned(), of_rule)
    });
    let rules: serde_json::Map<String, Value> = rules.collect();
    let table = &mut schema["properties"]["rules"];
    table["properties"] = Value::Object(rules);
    table["additionalProperties"] = json!(false);
    schema
}
