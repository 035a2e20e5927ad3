// Package preflight asks whether a cluster's processes will start on a machine, and
// find there what they need: the subject is the host and what it depends on, and the
// configuration says what is needed.
//
// A Check is a value, as a rule is: its documentation, what it has to know, and what
// it makes of that. A run takes three steps:
//
//  1. Each check names its needs: a question (package facts) and the line of the
//     configuration that makes it necessary.
//  2. All questions go to the prober at once, which is another program (package
//     probe says why); what has not been answered when the time is up is unknown.
//  3. Each check judges its answers and says a row of what it finds: pass, warn,
//     fail or unknown. What has not passed becomes a finding.
//
// Checks open nothing and know no format. Because answers are plain data, they can
// be gathered on one machine and judged on another: that is --gather and --hosts.
// With several hosts, checks between them come last.
//
// What is unknown is never passed over: it is shown, it is an info among the
// findings, and RequireKnown makes it an error.
package preflight

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

// Area is the chapter of the live checks.
const Area rules.Area = "preflight"

// What a run asks and is answered, for who runs the prober.
type (
	Request = facts.Request
	Answer  = facts.Answer
	Host    = facts.Gathered
)

// ReadHost reads what --gather has written; its error says that something else has.
func ReadHost(text []byte) (h Host, err error) {
	if err := json.Unmarshal(text, &h); err != nil {
		return h, fmt.Errorf("it was not written by --gather: %w", err)
	}
	if h.Version != facts.Version || h.Host == "" {
		return h, errors.New("it was not written by --gather, or by another version of implycheck")
	}
	return h, nil
}

// Check is one check and everything that is said about it.
type Check struct {
	rules.Rule
	// Needs are the questions that the configuration makes necessary; none where
	// there is nothing to check.
	Needs func(p *Pass) []Need
	// One of three says rows of what was answered: Judge of all answers together,
	// Each of one after the other, and Known of those that came, where the others are
	// unknown and there is no more to say.
	Judge func(p *Pass, asked []Asked)
	Each  func(p *Pass, a Asked)
	Known func(p *Pass, a Asked)
	// Between compares hosts, where there are several.
	Between func(b *Between)

	of side
}

// side is what a check looks at, where the processes are in containers.
type side int

const (
	// ofMachine is what the machine and its containers have in common.
	ofMachine side = iota
	// ofContainer is what a container has for itself: Java, files, names, ports, limits.
	ofContainer
	// ofNetwork is who is reached, by names and over ways that may be a container's own.
	ofNetwork
)

// Need is a question, and why it is asked.
type Need struct {
	facts.Question
	// At is the line that makes it necessary.
	At rules.Place
	// Target is what it is about, as people call it.
	Target string
	// Amount is what is needed, where that is a number.
	Amount int64
	// Note is what the check wants to remember of it.
	Note string
	// Relative is set where it depends on the folder that Druid is started in.
	Relative bool
	// Skip is why the question is not asked: it is unknown then.
	Skip string
}

// Asked is a need with its answer.
type Asked struct {
	Need
	facts.Answer
}

// All lists every check, in the order in which people read them.
func All() []*Check { return all.Get() }

var all = lazy.Value[[]*Check]{New: func() []*Check {
	var list []*Check
	for _, group := range []struct {
		of     side
		checks []*Check
	}{
		{ofContainer, []*Check{liveJava}},
		{ofMachine, hostChecks()},
		{ofContainer, limitChecks()},
		{ofMachine, slices.Concat(kernelChecks(), clockChecks())},
		{ofContainer, slices.Concat(nameChecks(), portChecks(), folderChecks(), fileChecks(), storeFileChecks())},
		{ofNetwork, slices.Concat(zooKeeperChecks(), ensembleChecks(), databaseChecks(), databaseStateChecks())},
		{ofNetwork, slices.Concat(storageChecks(), azureChecks(), gcsChecks(), hdfsChecks(), peerChecks())},
		{ofMachine, betweenChecks()},
	} {
		for _, c := range group.checks {
			c.Area, c.of = Area, group.of
		}
		list = append(list, group.checks...)
	}
	return list
}}

// Lookup finds a check by its ID.
func Lookup(id string) (*Check, bool) {
	if i := slices.IndexFunc(All(), func(c *Check) bool { return c.ID == id }); i >= 0 {
		return All()[i], true
	}
	return nil, false
}

// judge lets the check judge what was answered.
func (c *Check) judge(p *Pass, asked []Asked) {
	if c.Judge != nil {
		c.Judge(p, asked)
	}
	for _, a := range asked {
		switch {
		case c.Each != nil:
			c.Each(p, a)
		case c.Known != nil && a.Problem != nil:
			p.unanswered(a)
		case c.Known != nil:
			c.Known(p, a)
		}
	}
}

// unanswered says the problem of an answer, or which check has said it already: ten
// checks of one database that is down have one reason.
func (p *Pass) unanswered(a Asked) {
	for _, row := range p.rows {
		if row.question == a.Question.Name && row.Rule != p.check.ID && row.Verdict != finding.Pass {
			p.Unknown(a, "", "see "+row.Rule).Help = "Mend what " + row.Rule + " says, and run it again."
			return
		}
	}
	p.Unknown(a, "", a.Problem.Text)
}

// patience is how long an answer is waited for at least, before that it does not
// come says something of the other side: less than the prober takes to connect.
const patience = 1900

// cutOff reports whether the time was up before the other side had its own.
func (a Asked) cutOff() bool {
	return a.Problem.Has(facts.Timeout) && a.Milliseconds < patience
}
