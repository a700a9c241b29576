//! `fragscope explain`: what a measure means.

use anyhow::bail;

use super::Verdict;
use super::args::ExplainArgs;
use super::desk::Desk;
use crate::analysis::detectors::RULES;
use crate::model::nearest;
use crate::report::explain::{MEASURES, is_heading};
use crate::report::paint::{heading, plain};

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
            for (title, texts) in [("Measures", measures()), ("Rules", rules())] {
                sheet.heading(title)?;
                for (_, text) in texts {
                    sheet.remark(&format!("  {}", summary(text)))?;
                }
            }
            Ok(())
        })?;
        return Ok(Verdict::Fine);
    };
    let meant =
        ALIASES.iter().find(|(alias, _)| alias == asked).map_or(&**asked, |(_, topic)| topic);
    let mut topics = measures();
    topics.extend(rules());
    let Some((_, text)) = topics.iter().find(|(topic, _)| *topic == meant) else {
        let known = topics.iter().map(|(topic, _)| *topic);
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
            sheet.line([if is_heading(line) { heading(line) } else { plain(line) }])?;
        }
        Ok(())
    })?;
    Ok(Verdict::Fine)
}

fn measures() -> Vec<(&'static str, &'static str)> {
    MEASURES.to_vec()
}

fn rules() -> Vec<(&'static str, &'static str)> {
    RULES.iter().map(|rule| (rule.id, rule.explanation)).collect()
}

fn summary(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod checks {
    use super::*;

    #[test]
    fn every_text_begins_with_its_topic_and_fits_the_narrowest_terminal() {
        let mut topics = measures();
        topics.extend(rules());
        for (topic, text) in topics {
            assert!(summary(text).starts_with(&format!("{topic}: ")), "{topic}");
            let wide = text.lines().skip(1).find(|line| line.chars().count() > 80);
            assert_eq!(wide, None, "{topic}");
        }
    }

    #[test]
    fn every_rule_is_explained_under_the_same_headings() {
        for rule in RULES {
            let headings: Vec<&str> = rule
                .explanation
                .lines()
                .skip(1)
                .filter(|line| !line.is_empty() && !line.starts_with(' '))
                .collect();
            assert_eq!(
                headings,
                ["What it finds", "Why it hurts", "Example", "What to do", "What it does not see"],
                "{}",
                rule.id
            );
            let summary = summary(rule.explanation);
            assert_eq!(summary, format!("{}: {}", rule.id, rule.summary));
        }
    }

    #[test]
    fn the_readme_lists_every_rule() {
        let readme = include_str!("../../README.md");
        for rule in RULES {
            let row = format!("| `{}` | {} | {} |", rule.id, rule.severity.word(), rule.summary);
            assert!(readme.contains(&row), "README.md lacks {row}");
        }
    }

    #[test]
    fn aliases_lead_to_measures() {
        for (alias, topic) in ALIASES {
            assert!(MEASURES.iter().any(|(known, _)| *known == topic), "{alias}");
        }
    }
}
