package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// A password may be written as an object that says where Druid gets it, its provider.

// providerType is a type of a provider, with the members that its constructor demands.
type providerType struct {
	name, extension string
	from            schema.Release
	needs           []string
}

// passwordProviders are all that Druid has. Jackson takes any other type for default.
var passwordProviders = [...]providerType{
	{name: "default", needs: []string{"password"}},
	{name: "environment", needs: []string{"variable"}},
	{name: "aws-rds-token", extension: "druid-aws-rds-extensions", from: 21, needs: []string{"user", "host", "port", "region"}},
}

var passwordProvider = &Rule{
	ID: "sec-password-provider", Severity: finding.Error, Area: Security,
	Title:    "A password provider without what it needs, or of an unknown type.",
	Why:      "The provider environment needs variable, and aws-rds-token needs user, host, port and region. Druid reads any other type as default, which holds the member password.",
	Effect:   "The process stops at start: Cannot construct instance of ...PasswordProvider.",
	Fix:      `Write {"type":"environment","variable":"NAME"}.`,
	Source:   "PasswordProvider.java, EnvironmentVariablePasswordProvider.java:38 and AWSRDSTokenPasswordProvider.java:53, 0.15 to 38; run on Druid 25 and 33",
	DefersTo: []string{"props-json-invalid", "props-env-placeholder-unsupported"},
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			if holder, kind := providerOf(s); kind != "" && s.Known() && p.Read(holder) && !p.idle(holder) && holder.Property.JavaIn(p.Release()) == "PasswordProvider" {
				p.checkProvider(s, holder, kind)
			}
		}
	},
}

// providerOf is the password that a setting gives a provider, by a JSON object or by its
// member type, and the type; empty where it does not.
func providerOf(s Setting) (holder Setting, kind string) {
	holder = s
	key, member := strings.CutSuffix(s.Key, ".type")
	if member {
		holder.Key = key
		holder.Property, _ = schema.Lookup(key)
		kind = strings.TrimSpace(s.Text)
	} else if node, ok := s.JSON().Get("type"); ok {
		kind = node.Text
	}
	if holder.Property == nil {
		return holder, ""
	}
	return holder, kind
}

func (p *Pass) checkProvider(s, holder Setting, kind string) {
	i := slices.IndexFunc(passwordProviders[:], func(known providerType) bool { return known.name == kind })
	if i < 0 {
		p.unknownProvider(s, holder, kind)
		return
	}
	provider := passwordProviders[i]
	missing := slices.DeleteFunc(slices.Clone(provider.needs), func(member string) bool { return !p.lacksMember(s, holder, member) })
	switch {
	case len(missing) == 0:
	case provider.name == "default":
		f := p.Report(Val(s.Value), "the password provider of %s has no password", holder.Key)
		p.withoutPassword(f)
	case p.Release() < provider.from:
	case provider.extension == "" || slices.Contains(p.extensions(p.Tree.Get), provider.extension):
		f := p.Report(Val(s.Value), "the password provider %s of %s needs %s", kind, holder.Key, notSet(missing))
		f.Help = "Add " + text.List(missing) + " to the object."
		if s.Key != holder.Key {
			for i := range missing {
				missing[i] = holder.Key + "." + missing[i]
			}
			f.Help = "Set " + text.List(missing) + "."
		}
	}
}

// lacksMember reports whether a process that reads the password is without a member of
// its provider.
func (p *Pass) lacksMember(s, holder Setting, member string) bool {
	name := holder.Key + "." + member
	if len(s.Services) == 0 {
		return !p.given(name, nil, p.Tree.Get)
	}
	return slices.ContainsFunc(s.Services, func(svc *conf.Service) bool {
		return svc.Reads(holder.Property) && !p.given(name, svc, svc.Get)
	})
}

func (p *Pass) unknownProvider(s, holder Setting, kind string) {
	f := p.Report(Val(s.Value), "the password provider of %s is of the type %s, which Druid does not know", holder.Key, kind)
	var names []string
	for _, provider := range passwordProviders {
		names = append(names, provider.name)
	}
	if near, ok := text.Nearest(kind, names); ok {
		f.Help = "Did you mean " + near + "?"
	}
	p.withoutPassword(f)
}

// withoutPassword says what follows where Druid finds no password, unless an extension
// of one's own may have it.
func (p *Pass) withoutPassword(f *finding.Finding) {
	f.Severity = finding.Warning
	f.Effect = "The process starts without the password, and Druid does not say so."
	if p.someForeign() {
		f.Severity = finding.Info
		f.Effect = "None, if an extension of your own has the type; else the process starts without the password."
	}
}
