package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/preflight"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

var explainFormats = []string{"text", "markdown", "json"}

func newExplain() *cobra.Command {
	var format, target string
	cmd := &cobra.Command{
		Use:   "explain RULE|PROPERTY|EXTENSION|FLAG|WORDS",
		Short: "Explain a rule, a property, or what a process wrote before it died",
		Example: `  implycheck explain mem-direct-insufficient
  implycheck explain druid.processing.numThreads
  implycheck explain druid-kafka-indexing-service
  implycheck explain -- -XX:+UseConcMarkSweepGC
  implycheck explain 'Not enough direct memory'
  implycheck explain --format markdown zk-even-or-two-nodes > zk-even-or-two-nodes.md
  implycheck explain --target druid-28 --format json druid.server.maxSize`,
		Args: arguments(1, 1000, "explain what? Name a rule, a property, an extension, a flag of java, or what a process wrote: implycheck explain 'Not enough direct memory'"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return append(ruleNames(), propertyNames()...), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := parseTarget(target)
			if err != nil {
				return err
			}
			return explain(cmd.OutOrStdout(), strings.Join(args, " "), format, t)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "output format: text, markdown (the page of a rule; of anything else text) or json")
	cmd.Flags().StringVar(&target, "target", schema.DefaultTarget.Name, "version whose defaults to show")
	complete(cmd, "format", explainFormats)
	complete(cmd, "target", schema.TargetNames())
	return cmd
}

func parseTarget(name string) (schema.Target, error) {
	t, err := schema.ParseTarget(name)
	if err != nil {
		return t, fmt.Errorf("--target: %w", err)
	}
	return t, nil
}

func explain(w io.Writer, name, format string, t schema.Target) error {
	if !slices.Contains(explainFormats, format) {
		return fmt.Errorf("--format: unknown %q: write %s", format, orList(explainFormats))
	}
	r, isRule := lookupRule(name)
	doc, text := exactly(w, name, t)
	switch {
	case doc == nil:
		return explainWords(w, name, format, t)
	case format == "json":
		return report.WriteJSON(w, doc)
	case format == "markdown" && isRule:
		_, err := io.WriteString(w, rules.Page(r, ""))
		return err
	}
	return text()
}

// exactly is what a name means, in the shape of JSON and as text for w; nil if it
// is the name of nothing.
func exactly(w io.Writer, name string, t schema.Target) (doc any, text func() error) {
	if r, ok := lookupRule(name); ok {
		return report.RuleDocs([]*rules.Rule{r})[0], func() error { return report.RuleText(w, r) }
	}
	if p, ok := schema.Lookup(name); ok {
		return report.NewPropertyDoc(p, t), func() error { return report.PropertyText(w, p, t) }
	}
	if e, ok := schema.LookupExtension(name); ok {
		return report.NewExtensionDoc(e), func() error { return report.ExtensionText(w, e) }
	}
	if f, ok := schema.LookupFlag(flagName(name)); ok {
		return report.NewFlagDoc(f), func() error { return report.FlagText(w, f) }
	}
	return nil, nil
}

// allRules are the rules, and then the checks of preflight, which are documented as
// rules are.
func allRules() []*rules.Rule {
	list := slices.Clone(rules.All())
	for _, c := range preflight.All() {
		list = append(list, &c.Rule)
	}
	return list
}

func lookupRule(name string) (*rules.Rule, bool) {
	if c, ok := preflight.Lookup(name); ok {
		return &c.Rule, true
	}
	return rules.Lookup(name)
}

// explainWords lists what speaks of some words: a part of a name, or of what a
// process writes before it dies.
func explainWords(w io.Writer, words, format string, t schema.Target) error {
	topics := topicsOf(words)
	switch {
	case len(topics) == 0:
		return fmt.Errorf("no rule, property, extension or flag of java is called %q%s", words, didYouMean(words, t))
	case format == "json":
		return report.WriteJSON(w, topics)
	}
	return report.TopicsText(w, words, topics)
}

// topicsOf searches names, and what rules say of a mistake.
func topicsOf(words string) (topics []report.Topic) {
	words = strings.ToLower(strings.TrimSpace(words))
	has := func(texts ...string) bool {
		return len(words) > 2 && slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), words) })
	}
	for _, r := range allRules() {
		if has(r.ID, r.Title, r.Effect, r.Why) {
			topics = append(topics, report.Topic{Kind: "rules", Name: r.ID, Title: r.Title})
		}
	}
	for i := range schema.Properties() {
		if p := &schema.Properties()[i]; has(p.Name) {
			topics = append(topics, report.Topic{Kind: "properties", Name: p.Name, Title: p.Doc})
		}
	}
	for _, e := range schema.Extensions() {
		if has(e.Name) {
			topics = append(topics, report.Topic{Kind: "extensions", Name: e.Name, Title: e.Doc})
		}
	}
	for _, f := range schema.JVMFlags() {
		if has(f.Name) {
			topics = append(topics, report.Topic{Kind: "flags of java", Name: f.Name, Title: f.Doc})
		}
	}
	return topics
}

// flagName is what a flag of java is called without its punctuation and value.
func flagName(flag string) string {
	name := strings.TrimLeft(strings.TrimPrefix(flag, "-XX:"), "-+")
	name, _, _ = strings.Cut(name, "=")
	return name
}

// didYouMean names what the user may have meant, if anything is near.
func didYouMean(name string, t schema.Target) string {
	near := schema.Suggest(name, t.Release)
	if rule, ok := text.Nearest(name, ruleNames()); ok {
		near = append([]string{rule}, near...)
	}
	if len(near) == 0 {
		return "; see implycheck rules and implycheck properties"
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}

func ruleNames() []string {
	var names []string
	for _, r := range allRules() {
		names = append(names, r.ID)
	}
	return names
}

func propertyNames() []string {
	names := make([]string, 0, len(schema.Properties()))
	for _, p := range schema.Properties() {
		names = append(names, p.Name)
	}
	return names
}

func sortedNames[K ~string](set map[K]bool) string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, string(name))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
