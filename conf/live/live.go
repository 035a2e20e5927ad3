// Package live asks the processes of a running cluster what they are and what they
// were told. It sends GET and nothing else, to the address that was named and to those
// that the cluster itself announces; it follows no redirect, asks for nothing that is
// compressed, and reads no more than it has said beforehand: so many bytes of an answer,
// so many processes, so many at a time, so long for each and for all.
//
// What a cluster says is a stranger's word. An answer that is no JSON, or has other
// types than Druid's, is a problem of that one process and never one of the run.
//
// Answers are kept as JSON in an order of our own, one key a line, so that a place in
// one is a line that people can read. Who looks at them is package form, which makes
// files of the processes out of them.
package live

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/implycheck/implycheck/internal/text"
)

// Bounds of a run. The largest clusters that people tell of have some thousand
// Historicals.
const (
	maxProcesses   = 5000
	maxDatasources = 500
	atOnce         = 8
	// patience is how long all of it may take; what has not answered by then is said.
	patience = time.Minute
)

// Access is how a cluster is asked.
type Access struct {
	Login
	// Netrc is what a .netrc file holds, for where nobody says a login.
	Netrc string
	// CA is the file of certificates that servers are believed by, beside or in place of
	// those of the system; Insecure believes every certificate.
	CA       string
	Insecure bool
	// Ask, if not nil, answers in the place of the network.
	Ask func(ctx context.Context, address string) Answer
}

// Answer is what came of one request.
type Answer struct {
	URL string
	// Status is that of HTTP, 0 if there was no answer.
	Status int
	// Data is JSON, one key a line; nil if there was none.
	Data []byte
	// Problem says why there is none, in words.
	Problem string
}

// OK reports whether something was answered.
func (a *Answer) OK() bool { return a != nil && a.Data != nil }

// Process is one that the cluster announces.
type Process struct {
	// Role is that of the announcement: coordinator, middleManager, ...
	Role, Host string
	Port       int
	// URL is where it was asked, without a path.
	URL string
	// Status and Properties are its answers to /status and /status/properties;
	// Discovered is the one to /status/selfDiscovered.
	Status, Properties, Discovered *Answer
	// Loaded is a Broker's answer about what it knows of the cluster.
	Loaded *Answer
	// Announced is the answer that names the process.
	Announced *Answer
}

// Cluster is what was answered.
type Cluster struct {
	// URL is the address that was named.
	URL       string
	Processes []*Process
	// Listing is the answer that names the processes; nil where the address is that of a
	// process that knows no others.
	Listing *Answer
	// Servers are those that hold segments; Leader and OverlordLeader say who leads.
	Servers, Leader, OverlordLeader *Answer
	// Compaction says which datasources are compacted, and Intervals how each of the
	// others is divided, by its name.
	Compaction *Answer
	Intervals  map[string]*Answer
	// Omitted is how many processes were not asked since there are too many.
	Omitted int
}

// IsURL reports whether a path is the address of a cluster. Capitals make no difference
// in the first part of an address.
func IsURL(name string) bool {
	scheme, _, ok := strings.Cut(name, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// Shown is an address as it may be printed: without who logs in, and what is asked.
func Shown(name string) string {
	u, err := url.Parse(name)
	if err != nil {
		scheme, _, _ := strings.Cut(name, "://")
		return scheme + "://..."
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return strings.TrimSuffix(u.String(), "/")
}

// parse understands the address of a cluster.
func parse(name string) (*url.URL, error) {
	u, err := url.Parse(name)
	switch {
	case err != nil || u.Hostname() == "":
		return nil, errors.New("is not the address of a cluster: write http://HOST:PORT")
	case u.User != nil:
		return nil, errors.New("a user and a password do not belong into an address, where others see them: set IMPLYCHECK_USER and IMPLYCHECK_PASSWORD, or write the host into ~/.netrc")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("the address of a cluster ends behind its port or its path")
	}
	u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/"), ""
	return u, nil
}

// Collect asks a cluster, by the address of its Router, its Coordinator or any other
// process of it. An error means that not even that process answers.
func Collect(ctx context.Context, name string, a Access) (*Cluster, error) {
	base, err := parse(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Shown(name), err)
	}
	ask := a.Ask
	if ask == nil {
		client, err := newClient(a)
		if err != nil {
			return nil, err
		}
		ask = client.get
	}
	parent := ctx
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c := &collector{ask: ask, base: base, login: a.loginFor(base.Hostname()) != Login{}, cluster: &Cluster{URL: Shown(name), Intervals: map[string]*Answer{}}}
	if err := c.collect(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", Shown(name), err)
	}
	if parent.Err() != nil {
		return nil, parent.Err()
	}
	return c.cluster, nil
}

// collector asks one cluster.
type collector struct {
	ask     func(ctx context.Context, address string) Answer
	base    *url.URL
	login   bool
	cluster *Cluster
	own     Process // the process at the address that was named
}

// get asks below an address.
func (c *collector) get(ctx context.Context, base, path string) *Answer {
	a := c.ask(ctx, base+path)
	a.URL = base + path
	return &a
}

func (c *collector) collect(ctx context.Context) error {
	base := c.base.String()
	c.own = Process{URL: base, Host: c.base.Hostname(), Port: portOf(c.base)}
	if c.own.Status = c.get(ctx, base, "/status"); !c.own.Status.OK() {
		return errors.New(c.own.Status.hint())
	}
	if field(c.own.Status, "version") == "" {
		return errors.New("/status names no version: it is not a process of Druid")
	}
	c.own.Properties = c.get(ctx, base, "/status/properties")
	c.own.Discovered = c.get(ctx, base, "/status/selfDiscovered")
	c.own.Role = roleOf(c.own.Properties)
	c.discover(ctx, base)
	if len(c.cluster.Processes) == 0 {
		own := c.own
		own.Announced = own.Status
		c.cluster.Processes = []*Process{&own}
	}
	c.about(ctx, base)
	each(len(c.cluster.Processes), func(i int) { c.askProcess(ctx, c.cluster.Processes[i]) })
	return nil
}

// about asks what the Coordinator knows of the whole cluster.
func (c *collector) about(ctx context.Context, base string) {
	if c.cluster.Listing == nil {
		return
	}
	c.cluster.Leader = c.get(ctx, base, "/druid/coordinator/v1/leader")
	c.cluster.OverlordLeader = c.get(ctx, base, "/druid/indexer/v1/leader")
	c.cluster.Compaction = c.get(ctx, base, "/druid/indexer/v1/compaction/config/datasources")
	if !c.cluster.Compaction.OK() { // before Druid 32
		c.cluster.Compaction = c.get(ctx, base, "/druid/coordinator/v1/config/compaction")
	}
	names, _ := decode[[]string](c.get(ctx, base, "/druid/coordinator/v1/datasources"))
	names = names[:min(len(names), maxDatasources)]
	var mutex sync.Mutex
	each(len(names), func(i int) {
		a := c.get(ctx, base, "/druid/coordinator/v1/datasources/"+url.PathEscape(names[i])+"/intervals?simple")
		if a.OK() {
			mutex.Lock()
			defer mutex.Unlock()
			c.cluster.Intervals[names[i]] = a
		}
	})
}

// askProcess asks a process about itself: where it is announced, or, for those that a
// Router speaks to, through that.
func (c *collector) askProcess(ctx context.Context, p *Process) {
	if p.Status == nil {
		p.Status = c.get(ctx, p.URL, "/status")
	}
	if !p.Status.OK() {
		c.through(ctx, p)
		return
	}
	if p.Properties == nil {
		p.Properties = c.get(ctx, p.URL, "/status/properties")
	}
	if p.Discovered == nil {
		p.Discovered = c.get(ctx, p.URL, "/status/selfDiscovered")
	}
	if p.Role == "broker" {
		p.Loaded = c.get(ctx, p.URL, "/druid/broker/v1/loadstatus")
	}
}

// through asks the leading Coordinator or Overlord where the Router passes on what is
// meant for it.
func (c *collector) through(ctx context.Context, p *Process) {
	for _, proxied := range []struct {
		name   string
		leader *Answer
	}{{"coordinator", c.cluster.Leader}, {"overlord", c.cluster.OverlordLeader}} {
		leader, ok := decode[string](proxied.leader)
		if !ok {
			continue
		}
		if u, err := url.Parse(leader); err != nil || u.Hostname() != p.Host || portOf(u) != p.Port {
			continue
		}
		base := c.base.String() + "/proxy/" + proxied.name
		if status := c.get(ctx, base, "/status"); status.OK() {
			p.URL, p.Status = base, status
			p.Properties = c.get(ctx, base, "/status/properties")
			p.Discovered = c.get(ctx, base, "/status/selfDiscovered")
			return
		}
	}
}

// each calls do for the numbers below n, some at a time.
func each(n int, do func(i int)) {
	next := make(chan int)
	var group sync.WaitGroup
	for range min(n, atOnce) {
		group.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	group.Wait()
}

// portOf is the port of an address.
func portOf(u *url.URL) int {
	if n, err := strconv.Atoi(u.Port()); err == nil {
		return n
	}
	if u.Scheme == "https" {
		return 443
	}
	return 80
}

// address is that of a process.
func address(scheme, host string, port int) string {
	return (&url.URL{Scheme: scheme, Host: text.JoinHostPort(host, strconv.Itoa(port))}).String()
}
