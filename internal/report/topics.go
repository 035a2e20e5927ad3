package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/schema"
)

// Topic is something that explain knows: a rule, a property, an extension or a
// flag of java.
type Topic struct {
	Kind  string `json:"kind"`
	Name  string `json:"name"`
	Title string `json:"title"`
}

// mostTopics of a kind are listed; a fragment such as "druid" finds hundreds.
const mostTopics = 20

// TopicsText lists what was found for words that name nothing exactly, kind by
// kind.
func TopicsText(w io.Writer, words string, topics []Topic) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Nothing is called %q. These speak of it; explain one of them:\n", words)
	kind, shown := "", 0
	hidden := func() {
		if more := shown - mostTopics; more > 0 {
			fmt.Fprintf(&b, "  and %d more\n", more)
		}
	}
	for _, t := range topics {
		if t.Kind != kind {
			hidden()
			kind, shown = t.Kind, 0
			fmt.Fprintf(&b, "\n%s\n", kind)
		}
		if shown++; shown <= mostTopics {
			fmt.Fprintf(&b, "  %s\n      %s\n", printable(t.Name), printable(t.Title))
		}
	}
	hidden()
	_, err := io.WriteString(w, b.String())
	return err
}

// extensionDoc is the JSON shape of an extension.
type extensionDoc struct {
	Name          string `json:"name"`
	Documentation string `json:"documentation"`
	Releases      string `json:"releases,omitempty"`
	NotBundled    string `json:"notBundled,omitempty"`
	Vendor        string `json:"vendor,omitempty"`
	Needs         string `json:"needs,omitempty"`
	ReplacedBy    string `json:"replacedBy,omitempty"`
}

func NewExtensionDoc(e *schema.Extension) extensionDoc {
	d := extensionDoc{Name: e.Name, Documentation: e.Doc, Releases: e.Releases.String(), Vendor: e.Vendor, ReplacedBy: e.ReplacedBy}
	if e.Never {
		d.Releases = "none: no release has it"
	}
	if e.Contrib != nil {
		d.NotBundled = e.Contrib.String()
	}
	if e.Needs != nil {
		d.Needs = e.Needs.Extension
	}
	return d
}

// ExtensionText describes an extension.
func ExtensionText(w io.Writer, e *schema.Extension) error {
	return factsText(w, e.Name, e.Doc, ExtensionFacts(e))
}

// ExtensionFacts are what is known of an extension.
func ExtensionFacts(e *schema.Extension) []Fact {
	d := NewExtensionDoc(e)
	return told([]Fact{
		{"releases", d.Releases}, {"not in the download of", d.NotBundled}, {"vendor", d.Vendor},
		{"needs", d.Needs}, {"replaced by", d.ReplacedBy},
	})
}

// flagDoc is the JSON shape of a flag of java.
type flagDoc struct {
	Name          string `json:"name"`
	Documentation string `json:"documentation"`
	Since         int    `json:"sinceJava,omitempty"`
	Deprecated    int    `json:"deprecatedFromJava,omitempty"`
	Ignored       int    `json:"ignoredFromJava,omitempty"`
	Removed       int    `json:"removedFromJava,omitempty"`
	Successor     string `json:"successor,omitempty"`
}

func NewFlagDoc(f *schema.JVMFlag) flagDoc {
	return flagDoc{f.Name, f.Doc, f.Since, f.Deprecated, f.Ignored, f.Removed, f.Successor}
}

// FlagText describes a flag of java.
func FlagText(w io.Writer, f *schema.JVMFlag) error {
	return factsText(w, f.Name, f.Doc, FlagFacts(f))
}

// FlagFacts are what is known of a flag.
func FlagFacts(f *schema.JVMFlag) []Fact {
	java := func(version int) string {
		if version == 0 {
			return ""
		}
		return fmt.Sprintf("Java %d", version)
	}
	return told([]Fact{
		{"known from", java(f.Since)}, {"deprecated from", java(f.Deprecated)}, {"without effect from", java(f.Ignored)},
		{"refused from", java(f.Removed)}, {"write instead", f.Successor},
	})
}

// told leaves out those of which nothing is known.
func told(facts []Fact) []Fact {
	return slices.DeleteFunc(facts, func(f Fact) bool { return f.Text == "" })
}

// factsText is a name, what it is, and a line for each fact.
func factsText(w io.Writer, name, what string, facts []Fact) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n\n", name, what)
	for _, f := range facts {
		fmt.Fprintf(&b, "%-24s %s\n", f.Name, f.Text)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
