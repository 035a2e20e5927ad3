package preflight

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/preflight/facts"
)

// keeping is what Druid keeps in a store, and what says where.
type keeping struct{ kind, bucket, prefix, use string }

// cloudNeeds are those of all buckets of a kind of store that processes of this host
// use; fill says the rest of the question, and why it is not asked.
func (p *Pass) cloudNeeds(kind string, list []keeping, probe bool, fill func(q *facts.Store) (skip string)) []Need {
	if len(p.plays("historical", "middleManager", "indexer", "overlord", "coordinator")) == 0 {
		return nil
	}
	var needs []Need
	for _, k := range list {
		bucket := p.Tree.Shared(k.bucket)
		if !p.Tree.Shared(k.kind).Is(kind) || !usable(bucket) {
			continue
		}
		q := facts.Store{Bucket: bucket.Text, Prefix: strings.Trim(p.Tree.Shared(k.prefix).Text, "/"), Probe: probe}
		skip := fill(&q)
		if at, ok := p.javaProxy(); skip == "" && ok {
			skip = "it is reached through -Dhttps.proxyHost=" + at + ", and this program uses no proxy"
		}
		name := kind + " " + q.Where()
		if probe {
			name += " writing"
		}
		needs = append(needs, Need{Target: q.Where(), At: p.at(nil, bucket), Note: k.use, Skip: skip, Question: facts.Question{Name: name, Store: &q}})
	}
	return needs
}

// javaProxy is the proxy that the clients of Java take.
func (p *Pass) javaProxy() (host string, ok bool) {
	for _, s := range p.Services {
		if f, ok := property(s, "https.proxyHost"); ok && f.Value != "" {
			return f.Value, true
		}
	}
	return "", false
}

// asks reports whether a store is asked for more than that something listens.
func (p *Pass) asks(store string) bool {
	needs := map[string]func(bool) []Need{"Azure Storage": p.azureNeeds, "Google Cloud Storage": p.gcsNeeds}[store]
	return needs != nil && slices.ContainsFunc(needs(false), func(n Need) bool { return n.Skip == "" })
}

// unusable says why a store gave no answer; false where it gave one.
func (p *Pass) unusable(a Asked, required string) bool {
	switch {
	case a.Problem == nil:
		return false
	case a.Problem.Has(facts.Rejected, facts.Missing):
		p.Fail(a, required, a.Problem.Text, "the credentials for %s cannot be used: %s", a.Target, a.Problem.Text)
	case a.unreached() && !a.cutOff():
		p.Fail(a, required, a.Problem.Text, "%s cannot be reached: %s", a.Target, a.Problem.Text)
	default:
		p.Unknown(a, required, a.Problem.Text)
	}
	return true
}

// plainSecret reads a secret that Druid takes as it is written: it is not known where a
// template is yet to fill it in, or a provider is written that Druid does not read there.
func plainSecret(v conf.Value) (secret facts.Secret, skip string) {
	if strings.HasPrefix(strings.TrimSpace(v.Text), "{") {
		return facts.Secret{}, "Druid takes " + v.Key + " as it is written, and no provider of passwords"
	}
	secret, told := secretOf(v)
	if !told {
		skip = elsewhere
	}
	return secret, skip
}
