package finding

// Rule is what is known of the rule behind findings, for formats that explain
// it once and not with every finding.
type Rule struct {
	ID       string
	Severity Severity
	Area     string
	Title    string
	Why      string
	// Effect is what Druid does, Fix what to write instead.
	Effect, Fix string
	// Markdown is the rule's whole page, Docs where it stands, relative to the
	// project's root.
	Markdown, Docs string
}
