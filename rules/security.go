package rules

import (
	"slices"

	"github.com/implycheck/implycheck/conftree"
	"github.com/implycheck/implycheck/finding"
)

var securityRules = []*Rule{secAuthIncomplete}

// authChains are the lists of authenticators and authorizers, and the prefix
// below which each name's settings stand.
var authChains = []struct{ list, prefix, none string }{
	{"druid.auth.authenticatorChain", "druid.auth.authenticator.", "Must have at least one Authenticator configured."},
	{"druid.auth.authorizers", "druid.auth.authorizer.", "Must have at least one Authorizer configured."},
}

var secAuthIncomplete = &Rule{
	ID: "sec-auth-incomplete", Severity: finding.Error, Area: Security,
	Title:  "An authenticator or authorizer that is named and not configured.",
	Why:    "Every name in druid.auth.authenticatorChain and druid.auth.authorizers needs a type, and stands once; the name itself is not to be set.",
	Effect: "Every process stops at start: missing property 'type', Could not create authenticator with name: ..., or Cannot have multiple authenticators with the same name.",
	Fix:    "Set druid.auth.authenticator.<name>.type, or take the name out of the list.",
	Source: "server/src/main/java/org/apache/druid/server/initialization/AuthenticatorMapperModule.java:105,139 and AuthorizerMapperModule.java, 0.14.2; run on Imply 2.7.8",
	Check: func(p *Pass) {
		for _, s := range p.settings {
			for _, chain := range authChains {
				if s.Key == chain.list && s.Known() {
					p.checkChain(s, chain.prefix, chain.none)
				}
			}
		}
	},
}

func (p *Pass) checkChain(s Setting, prefix, none string) {
	array := s.JSON()
	if array == nil || array.Kind != conftree.Array {
		return
	}
	if len(array.Items) == 0 {
		f := p.Report(Val(s.Value), "%s is empty", s.Key)
		f.Effect = "Every process stops at start: " + none
		f.Help = `Name one, or delete the line: the default is ["allowAll"].`
	}
	var seen []string
	for _, item := range array.Items {
		name := item.Text
		switch {
		case conftree.HasPlaceholder(name):
			continue
		case slices.Contains(seen, name):
			p.Report(itemAt(s, item), "%s names %q twice", s.Key, name)
		case p.someLack(s, prefix+name+".type") && name != "allowAll":
			f := p.Report(itemAt(s, item), "%s%s.type is not set", prefix, name)
			f.Help = "Set " + prefix + name + ".type."
		}
		seen = append(seen, name)
	}
}

// someLack reports whether one of the processes that see a setting lacks
// another one.
func (p *Pass) someLack(s Setting, key string) bool {
	if len(s.Services) == 0 {
		return !p.Tree.Get(key).Set
	}
	return slices.ContainsFunc(s.Services, func(svc *conftree.Service) bool { return !svc.Get(key).Set })
}
