package preflight

import (
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/preflight/facts"
)

// objects is a kind of object store.
type objects struct {
	// kind is that of conf.Keepings, asked what the prober calls it, and listens what
	// package ports calls it, where nobody else asks whether it can be reached.
	kind, asked, listens string
	// bucket is what people call a bucket of it.
	bucket string
	// account is the property without which nothing is asked: lint finds that it is missing.
	account string
	// unlisted are the codes of who may not list, and may use objects all the same.
	unlisted []string
	// others are buckets that are only looked at.
	others func(p *Pass) []Need
	// login says the rest of a question, and why it is not asked.
	login func(p *Pass, q *facts.Store) (skip string)
	// own says what only this kind of store has to be told; false where that is nothing.
	own func(p *Pass, a Asked, required, current string) bool
}

// objectStores are those whose protocol the prober speaks.
var objectStores = []*objects{s3, azure, google}

// deepStorage are the processes that read or write what Druid keeps in a store.
var deepStorage = []string{"historical", "middleManager", "indexer", "overlord", "coordinator"}

// buckets ask for all that processes of this host use in a kind of store.
func (p *Pass) buckets(o *objects) []Need {
	if len(p.plays(deepStorage...)) == 0 {
		return nil
	}
	return p.kept(o)
}

// looked are the buckets that are looked at.
func (p *Pass) looked(o *objects) []Need {
	list := p.buckets(o)
	if o.others != nil && len(p.plays(deepStorage...)) > 0 {
		list = append(list, o.others(p)...)
	}
	return list
}

// kept ask for all that the cluster keeps in a kind of store; they are found once.
func (p *Pass) kept(o *objects) []Need {
	return p.once(o.kind, func() (list []Need) {
		if o.account != "" && !usable(p.Tree.Shared(o.account)) {
			return nil
		}
		for _, k := range conf.Keepings {
			kind, bucket := p.Tree.Shared(k.TypeKey), p.Tree.Shared(k.Bucket)
			if k.Kind != o.kind || !kind.Known() || strings.TrimSuffix(kind.Text, "_zip") != o.kind || !usable(bucket) {
				continue
			}
			q := facts.Store{Kind: o.asked, Bucket: bucket.Text, Prefix: strings.Trim(p.read(k.Folder).Text, "/")}
			n := Need{At: p.at(nil, bucket), Note: k.What, Skip: o.login(p, &q)}
			if at := p.property("https.proxyHost"); n.Skip == "" && at != "" {
				n.Skip = "it is reached through -Dhttps.proxyHost=" + at + ", and this program uses no proxy"
			}
			n.Target, n.Question = q.Where(), facts.Question{Name: o.kind + " " + q.Where(), Store: &q}
			list = append(list, n)
		}
		return list
	})
}

// once finds needs that several checks have when the first of them asks.
func (p *Pass) once(name string, find func() []Need) []Need {
	list, known := p.found[name]
	if !known {
		if p.found == nil {
			p.found = map[string][]Need{}
		}
		list = find()
		p.found[name] = list
	}
	return slices.Clone(list)
}

// writing are needs with an attempt to write, where somebody wants that. What is not
// asked has the question, and the reason, of who only looks.
func (p *Pass) writing(list []Need) []Need {
	if !p.Probe {
		return nil
	}
	for i := range list {
		n := &list[i]
		switch {
		case n.Skip != "":
			continue
		case n.Store != nil:
			q := *n.Store
			q.Probe, n.Store = true, &q
		case n.HDFS != nil:
			q := *n.HDFS
			q.Probe, n.HDFS = true, &q
		}
		n.Question.Name += " writing"
	}
	return list
}

// judgeAccess judges the list of what is below the prefix.
func (o *objects) judgeAccess(p *Pass, a Asked) {
	required := "may be listed, for " + a.Note
	s := a.Store
	if s == nil {
		s = &facts.Bucket{}
	}
	who := "credentials of " + s.Credentials
	current := said(s) + ", " + who
	switch {
	case o.own(p, a, required, current), p.unusable(a, required):
	case s.List == 200:
		p.Pass(a, required, "may be listed, "+who)
	case s.List == 404 || s.Head == 404:
		p.Fail(a, required, current, "there is no %s %s", o.bucket, a.Question.Store.Bucket)
	case s.List == 403 && (s.Head == 200 || slices.Contains(o.unlisted, s.Code)):
		p.Warn(a, required, current, "%s may not be listed with the %s: some tasks need that to find files, and whether segments can be read and written is not known", a.Target, who)
	case s.List == 401 || s.List == 403 || strings.Contains(s.Code, "Token"):
		p.Fail(a, required, current, "%s refuses the %s: %s", a.Target, who, strings.TrimSpace(s.Code+" "+s.Message))
	default:
		p.Unknown(a, required, strings.TrimSpace("the store answers "+said(s)+" "+s.Message))
	}
}

// judgeWrite judges an object that was put, read and deleted.
func (o *objects) judgeWrite(p *Pass, a Asked) {
	s := a.Store
	const required = "an object can be put, read and deleted"
	switch {
	case s.Left != "":
		p.Fail(a, required, s.WriteError, "%s was written and could not be deleted: delete it by hand", s.Left)
	case s.WriteError != "" && s.Wrote == "":
		p.Fail(a, required, s.WriteError, "no object can be written: %s", s.WriteError)
	case s.WriteError != "":
		p.Fail(a, required, s.WriteError, "an object was written and deleted, and not all that Druid does is allowed: %s", s.WriteError)
	case s.Wrote == "":
		p.Unknown(a, required, fmt.Sprintf("the %s cannot be listed (%s), so nothing was written", o.bucket, said(s)))
	default:
		p.Pass(a, required, "wrote "+s.Wrote+", read and deleted it")
	}
}

// asks reports whether a store, as package ports calls it, is asked for more than that
// something listens.
func (p *Pass) asks(store string) bool {
	return slices.ContainsFunc(objectStores, func(o *objects) bool {
		return o.listens == store && slices.ContainsFunc(p.buckets(o), func(n Need) bool { return n.Skip == "" })
	})
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

// said is what a store has answered to the list of a bucket.
func said(s *facts.Bucket) string { return strings.TrimSpace(fmt.Sprint(s.List, " ", s.Code)) }

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
