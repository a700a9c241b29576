//! `fragscope explain`: what a measure means.

use anyhow::bail;

use super::Verdict;
use super::args::ExplainArgs;
use super::desk::Desk;
use crate::model::nearest;
use crate::report::paint::{heading, plain};

/// Every topic with its text; the first line is the summary.
const TOPICS: [(&str, &str); 5] = [
    ("canonical", include_str!("../../assets/explain/canonical.md")),
    ("clusters", include_str!("../../assets/explain/clusters.md")),
    ("hotspots", include_str!("../../assets/explain/hotspots.md")),
    ("tests", include_str!("../../assets/explain/tests.md")),
    ("variants", include_str!("../../assets/explain/variants.md")),
];

/// Other words for topics.
const ALIASES: [(&str, &str); 5] = [
    ("same-name", "clusters"),
    ("family", "clusters"),
    ("near-copy", "clusters"),
    ("ghost", "variants"),
    ("reach", "tests"),
];

pub fn run(args: &ExplainArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    let Some(asked) = &args.topic else {
        desk.page(|sheet| {
            for (_, text) in TOPICS {
                sheet.line([plain(summary(text))])?;
            }
            Ok(())
        })?;
        return Ok(Verdict::Fine);
    };
    let meant =
        ALIASES.iter().find(|(alias, _)| alias == asked).map_or(&**asked, |(_, topic)| topic);
    let Some((_, text)) = TOPICS.iter().find(|(topic, _)| *topic == meant) else {
        let known = TOPICS.iter().map(|(topic, _)| *topic);
        match nearest(asked, known.clone()) {
            Some(near) => bail!("there is nothing to explain as `{asked}`; did you mean `{near}`?"),
            None => bail!(
                "there is nothing to explain as `{asked}`; the topics are {}",
                known.collect::<Vec<_>>().join(", ")
            ),
        }
    };
    desk.page(|sheet| {
        let mut lines = text.lines();
        sheet.heading(lines.next().unwrap_or_default())?;
        for line in lines {
            // Headings stand at the margin and are short; everything else is indented or a sentence.
            let is_heading = !line.starts_with(' ') && !line.is_empty() && line.len() < 30;
            sheet.line([if is_heading { heading(line) } else { plain(line) }])?;
        }
        Ok(())
    })?;
    Ok(Verdict::Fine)
}

fn summary(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod checks {
    use super::*;

    #[test]
    fn every_text_begins_with_its_topic_and_says_what_it_does_not_see_or_how_to_act() {
        for (topic, text) in TOPICS {
            assert!(summary(text).starts_with(&format!("{topic}: ")), "{topic}");
            assert!(
                text.contains("What it does not see") || text.contains("What to do"),
                "{topic}"
            );
            assert!(text.lines().all(|line| line.chars().count() <= 80), "{topic}");
        }
    }

    #[test]
    fn aliases_lead_to_topics() {
        for (alias, topic) in ALIASES {
            assert!(TOPICS.iter().any(|(known, _)| *known == topic), "{alias}");
        }
    }
}
