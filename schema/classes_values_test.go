package schema_test

import (
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/schema"
)

// Our verdicts: what lint says of a value.
const (
	sayNothing = "accepted"
	sayWarning = "warning"
	sayError   = "error"
)

// unknownVariable names what no configuration of the test sets.
var unknownVariable = regexp.MustCompile(`\$\{[^}]*\}`)

// says is what lint makes of Property.Check and of the rules that know more about
// a value: see rules/propertyvalue.go, props-json-invalid,
// props-env-placeholder-unsupported, prop-removed-hard-fail, and
// ext-storage-not-loaded for a choice whose extension is not there.
func (c *comparison) says(p *schema.Property, text string) (string, string) {
	r := c.release
	err := p.Check(text, r)
	t := p.TypeIn(r)
	lacking := p.IsStrict(r) && slices.ContainsFunc(p.ChoicesIn(r), func(choice schema.Choice) bool {
		return choice.Value == text && choice.Extension != "" && !c.has(choice.Extension, p)
	})
	switch {
	case p.Refused.Stops(text, r):
		return sayError, "refused"
	case r >= 25 && unknownVariable.MatchString(text):
		return sayError, "props-env-placeholder-unsupported"
	case lacking:
		return sayError, "needs an extension"
	case err == nil && (t.IsList() || t == schema.Object) && (strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{")) && !json.Valid([]byte(text)):
		return sayError, "props-json-invalid"
	case err == nil, err.Mistake == schema.RefusedLater: // the class takes it
		return sayNothing, ""
	case err.Mistake == schema.NotChoice && text == "" && !p.IsStrict(r):
		return sayNothing, ""
	case err.Mistake == schema.NotChoice && !p.IsStrict(r), err.Mistake == schema.NotBool && p.ConfigMagic != nil && p.ConfigMagic.Has(r):
		return sayWarning, err.Error()
	}
	return sayError, err.Error()
}

// has reports whether an extension was there when the values of a property were
// tried. Carried data does not tell.
func (c *comparison) has(extension string, p *schema.Property) bool {
	return slices.Contains(c.extensions, extension) || c.carried && slices.ContainsFunc(c.bound[p.Name], func(r *record) bool {
		return slices.ContainsFunc(p.Choices, func(choice schema.Choice) bool {
			return choice.Extension == extension && slices.Contains(r.choices(), choice.Value)
		})
	})
}

func (c *comparison) values(p *schema.Property, records []*record) {
	found := map[string]*disagreement{}
	said := map[string][2]string{}
	for _, role := range c.binders(records) {
		for value, real := range c.try(p.Name, role) {
			if real.verdict == mixed || c.foreign(p, value) {
				continue
			}
			if _, ok := said[value]; !ok {
				ours, why := c.says(p, value)
				said[value] = [2]string{ours, why}
			}
			ours, why := said[value][0], said[value][1]
			field := ""
			switch {
			case real.verdict == refused && ours == sayNothing:
				field = "missed-refusal"
			case real.verdict == refused && ours == sayWarning && !strings.Contains(real.detail, "where it is injected"):
				field = "refusal-as-warning"
			case real.verdict == accepted && ours == sayError:
				field = "false-error"
			case real.verdict == accepted && ours == sayWarning:
				field = "false-warning"
			case real.verdict == silent && ours == sayError:
				field = "false-error"
			case real.verdict == silent && ours == sayNothing:
				field = "silent"
			}
			c.tried++
			if field == "" {
				c.same++
				continue
			}
			really := real.verdict.String()
			if real.verdict != refused {
				really += " as " + real.detail
			}
			id := field + " " + value + " " + real.verdict.String()
			if d := found[id]; d != nil {
				d.roles = append(d.roles, role)
				continue
			}
			d := &disagreement{p.Name, []string{role}, field, value, really, ours, real.detail}
			if real.verdict != refused {
				d.detail = why
			}
			found[id] = d
		}
	}
	sorted := slices.SortedFunc(maps.Values(found), func(a, b *disagreement) int {
		return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.value, b.value), cmp.Compare(a.real, b.real))
	})
	for _, d := range sorted {
		c.list = append(c.list, *d)
	}
}

// foreign reports whether a value is the choice of an extension that was not
// there when the classes were asked.
func (c *comparison) foreign(p *schema.Property, value string) bool {
	return slices.ContainsFunc(p.ChoicesIn(c.release), func(choice schema.Choice) bool {
		return choice.Value == value && choice.Extension != "" && !slices.Contains(c.extensions, choice.Extension)
	})
}
