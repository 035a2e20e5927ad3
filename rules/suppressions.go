package rules

import (
	"fmt"

	"github.com/implycheck/implycheck/finding"
)

func suppressionRules() []*Rule {
	return []*Rule{
		SuppressUnknownRule, SuppressWithoutReason, SuppressExpired, SuppressUnused, SuppressLocked, BaselineStale,
	}
}

// Finding is what is said of a comment or a baseline.
func (r *Rule) Finding(tree string, at finding.Location, format string, args ...any) finding.Finding {
	return finding.Finding{
		Tree: tree, Rule: r.ID, Severity: r.Severity, Message: fmt.Sprintf(format, args...),
		Effect: r.Effect, Help: r.Fix, Location: at, Docs: r.Docs(),
	}
}

// The rules about suppressions. Comments cannot silence them.
var (
	SuppressUnknownRule = &Rule{
		ID: "suppress-unknown-rule", Severity: finding.Warning, Area: Suppressions,
		Title:  "A comment that suppresses a rule that does not exist.",
		Why:    "A misspelt name suppresses nothing, and this goes unnoticed until the finding is in the way.",
		Effect: "Druid reads no such comments; implycheck suppresses nothing for that name.",
		Fix:    "Write a rule that `implycheck rules` lists; each finding ends with its rule in brackets.",
		Source: "implycheck's own: package suppress",
	}
	SuppressWithoutReason = &Rule{
		ID: "suppress-without-reason", Severity: finding.Warning, Area: Suppressions,
		Title:  "A comment that suppresses a rule and does not say why.",
		Why:    "A year later nobody can tell whether the reason still holds.",
		Effect: "Druid reads no such comments; implycheck suppresses nothing without a reason.",
		Fix:    "Write the reason behind the rule: implycheck:ignore RULE -- reason. In XML, which forbids -- in comments: implycheck:ignore RULE: reason.",
		Source: "implycheck's own: package suppress",
	}
	SuppressExpired = &Rule{
		ID: "suppress-expired", Severity: finding.Warning, Area: Suppressions,
		Title:  "A comment whose date has passed.",
		Why:    "The date says when the finding was to be looked at again.",
		Effect: "Druid reads no such comments; implycheck shows the finding again.",
		Fix:    "Correct what the comment silenced and delete the comment, or write a later date: until 2027-03-31.",
		Source: "implycheck's own: package suppress",
	}
	SuppressUnused = &Rule{
		ID: "suppress-unused", Severity: finding.Warning, Area: Suppressions,
		Title:  "A comment that suppresses a rule that finds nothing there.",
		Why:    "It would suppress the next finding at that place, which nobody has looked at.",
		Effect: "Druid reads no such comments; nothing is silenced.",
		Fix:    "Delete the rule from the comment. implycheck:ignore holds for the next line only, implycheck:ignore-file for the file.",
		Source: "implycheck's own: package suppress",
	}
	SuppressLocked = &Rule{
		ID: "suppress-locked", Severity: finding.Warning, Area: Suppressions,
		Title:  "A comment that suppresses a rule that the configuration has locked.",
		Why:    "Locked rules are about the loss of data: they are not for the author of one file to decide.",
		Effect: "Druid reads no such comments; implycheck still shows the finding.",
		Fix:    "Delete the rule from the comment, and correct the finding or ask those who keep .implycheck.yaml.",
		Source: "implycheck's own: package suppress",
	}
	BaselineStale = &Rule{
		ID: "baseline-stale", Severity: finding.Info, Area: Suppressions,
		Title:  "An entry of the baseline that matches no finding any more.",
		Why:    "The mistake is gone; left in the baseline, its entry hides it when it comes back.",
		Effect: "Druid reads no baselines; nothing is hidden by the entry.",
		Fix:    "Take it out with implycheck baseline prune, with the flags and paths of the lint.",
		Source: "implycheck's own: package baseline",
	}
)
