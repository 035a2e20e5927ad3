package report

import (
	"cmp"
	"fmt"

	"io"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

func PropertiesText(w io.Writer, list []*schema.Property, t schema.Target) error {
	for _, p := range list {
		if _, err := fmt.Fprintf(w, "%s (%s, %s)\n    %s\n", p.Name, TypeText(p, t), DefaultText(p, t), p.Doc); err != nil {
			return err
		}
	}
	return nil
}

func PropertiesJSON(w io.Writer, list []*schema.Property, t schema.Target) error {
	docs := make([]propertyDoc, len(list))
	for i, p := range list {
		docs[i] = NewPropertyDoc(p, t)
	}
	return WriteJSON(w, map[string]any{"version": 1, "target": t.Name, "properties": docs})
}

// propertyDoc is the JSON shape of a property, as one release reads it.
type propertyDoc struct {
	Name          string   `json:"name"`
	Documentation string   `json:"documentation"`
	Type          string   `json:"type"`
	Min           *int64   `json:"min,omitempty"`
	Max           *int64   `json:"max,omitempty"`
	Choices       []string `json:"choices,omitempty"`
	Default       *string  `json:"default,omitempty"`
	Formula       string   `json:"formula,omitempty"`
	Services      []string `json:"services,omitempty"`
	Since         string   `json:"since,omitempty"`
	Until         string   `json:"until,omitempty"`
	Deprecated    string   `json:"deprecated,omitempty"`
	ReplacedBy    string   `json:"replacedBy,omitempty"`
	Extension     string   `json:"extension,omitempty"`
	When          []string `json:"when,omitempty"`
	Units         string   `json:"unitsSince,omitempty"`
	Secret        bool     `json:"secret,omitempty"`
	Proved        []string `json:"provedByClassesOf,omitempty"`
}

func NewPropertyDoc(p *schema.Property, t schema.Target) propertyDoc {
	d := propertyDoc{
		Name: p.Name, Documentation: p.Doc, Type: string(p.TypeIn(t.Release)), Services: p.Services, ReplacedBy: p.ReplacedBy,
		Extension: p.Extension, When: p.When, Secret: p.Secret, Since: releaseText(p.Releases.From), Until: releaseText(p.Releases.Until),
		Deprecated: releaseText(p.Deprecated), Units: releaseText(p.Units),
	}
	if low, high, ok := p.BoundsIn(t.Release); ok {
		d.Min, d.Max = low, high
	}
	for _, r := range p.ProvedBy() {
		d.Proved = append(d.Proved, r.String())
	}
	for _, c := range p.ChoicesIn(t.Release) {
		d.Choices = append(d.Choices, c.Value)
	}
	if def, ok := p.DefaultIn(t.Release); ok {
		if d.Formula = def.Formula; def.Formula == "" {
			d.Default = &def.Value
		}
	}
	return d
}

func releaseText(r schema.Release) string {
	if r == 0 {
		return ""
	}
	return r.String()
}

// TypeText is the type of a property with its bounds or choices: int of at least 1.
func TypeText(p *schema.Property, t schema.Target) string {
	text := string(p.TypeIn(t.Release))
	if choices := p.ChoicesIn(t.Release); len(choices) > 0 {
		var values []string
		for _, c := range choices {
			values = append(values, c.Value)
		}
		return "one of " + strings.Join(values, ", ")
	}
	low, high, _ := p.BoundsIn(t.Release)
	switch {
	case low != nil && high != nil:
		text += fmt.Sprintf(" from %d to %d", *low, *high)
	case low != nil:
		text += fmt.Sprintf(" of at least %d", *low)
	case high != nil:
		text += fmt.Sprintf(" of at most %d", *high)
	}
	return text
}

// DefaultText is "default 1", the formula, or "no default".
func DefaultText(p *schema.Property, t schema.Target) string {
	d, ok := p.DefaultIn(t.Release)
	switch {
	case !ok:
		return "no default"
	case d.Formula != "":
		return "default " + d.Formula
	}
	return "default " + cmp.Or(d.Value, "empty")
}

// PropertyText prints all that is known of one property.
func PropertyText(w io.Writer, p *schema.Property, t schema.Target) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n\n", p.Name, p.Doc)
	facts := []Fact{{"type", TypeText(p, t)}, {"default", strings.TrimPrefix(DefaultText(p, t), "default ") + " (" + t.Name + ")"}}
	for _, f := range append(facts, PropertyFacts(p)...) {
		fmt.Fprintf(&b, "%-12s %s\n", f.Name, f.Text)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Fact is one thing that is known of a property.
type Fact struct{ Name, Text string }

// PropertyFacts are what holds of a property in all releases, and what says itself
// in which.
func PropertyFacts(p *schema.Property) []Fact {
	var deprecated, units, secret string
	if p.Deprecated > 0 {
		deprecated = "from " + p.Deprecated.String()
	}
	if p.Units > 0 {
		units = "sizes such as 512MiB from " + p.Units.String() + " on; plain bytes before"
	}
	if p.Secret {
		secret = "its value is never printed"
	}
	return told([]Fact{
		{"read by", cmp.Or(strings.Join(p.Services, ", "), "every process")}, {"read when", strings.Join(p.When, " or ")},
		{"releases", releasesText(p.Releases)}, {"deprecated", deprecated}, {"instead use", p.ReplacedBy}, {"extension", p.Extension},
		{"units", units}, {"secret", secret}, {"evidence", evidence(p)},
	})
}

// evidence is where the knowledge of a property comes from.
func evidence(p *schema.Property) string {
	proved := p.ProvedBy()
	if len(proved) == 0 {
		return "read in the source of Druid; not proved by its classes"
	}
	names := make([]string, len(proved))
	for i, r := range proved {
		names[i] = r.String()
	}
	return "proved by the classes of " + text.List(names) + "; read in the source for other releases"
}

func releasesText(g schema.Range) string {
	from := "0.12.3"
	if g.From > 0 {
		from = g.From.String()
	}
	if g.Until > 0 {
		return from + " to " + g.Until.String()
	}
	return from + " on"
}
