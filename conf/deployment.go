package conf

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Deployment is where the processes of a tree run, and what tells.
type Deployment struct {
	Kind   DeploymentKind
	Reason string
}

// DeploymentKind is one machine, several, or not known.
type DeploymentKind string

// The kinds of deployment.
const (
	SingleMachine     DeploymentKind = "single"
	Cluster           DeploymentKind = "cluster"
	UnknownDeployment DeploymentKind = "unknown"
)

// Cluster reports whether processes run on several machines.
func (d Deployment) Cluster() bool { return d.Kind == Cluster }

// Single reports whether everything runs on one machine.
func (d Deployment) Single() bool { return d.Kind == SingleMachine }

// Deployment says where the processes run, as far as the tree tells: by the
// machines that it names, the place that Druid's own layout has for it, and what
// its supervise files start together.
func (t *Tree) Deployment() Deployment {
	if t.formed != nil && t.formed.Deployed.Kind != "" {
		return Deployment{DeploymentKind(t.formed.Deployed.Kind), t.formed.Deployed.Reason}
	}
	hosts := t.hosts()
	layout, where := t.layoutKind()
	started, file := t.startedTogether()
	one, onOne := hosts.onOne()
	switch {
	case onOne && len(hosts.remote) > 1 && layout != Cluster && started != Cluster:
		return Deployment{SingleMachine, "no process names a machine other than " + one}
	case len(hosts.remote) > 1:
		return Deployment{Cluster, "it names " + hosts.remote[0] + " and " + hosts.remote[1]}
	case layout == SingleMachine:
		return Deployment{SingleMachine, "the layout is " + where}
	case hosts.together() && (layout == Cluster || started == Cluster):
		return Deployment{UnknownDeployment, fmt.Sprintf("every address is %s, and %s is made for several machines", hosts.only(), firstOf(where, file))}
	case hosts.together():
		return Deployment{SingleMachine, "every address is " + hosts.only()}
	case started == SingleMachine:
		return Deployment{SingleMachine, file + " starts everything"}
	case layout == Cluster:
		return Deployment{Cluster, "the layout is " + where}
	case started == Cluster:
		return Deployment{Cluster, file + " starts the processes of one kind of server"}
	}
	return Deployment{UnknownDeployment, "no file tells where the processes run"}
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// hosts are the machines that a tree names.
type hosts struct {
	remote   []string // each once
	loopback string
	// announced are the machines that processes are said to be on, one for each
	// file that says so.
	announced []Address
}

// together reports whether all addresses are one machine: its own, or the one
// that the processes are announced on too.
func (h hosts) together() bool {
	return h.loopback != "" && len(h.remote) == 0 || h.loopback == "" && len(h.remote) == 1 && len(h.announced) > 1
}

// onOne is the machine that several processes are said to be on, and no process on
// another: whatever else the tree names is not Druid's.
func (h hosts) onOne() (string, bool) {
	var one string
	times := 0
	for _, a := range h.announced {
		switch {
		case a.Loopback() || IsAnyAddress(a.Host):
		case one == "" || one == a.Host:
			one = a.Host
			times++
		default:
			return "", false
		}
	}
	return one, times > 1
}

func (h hosts) only() string { return firstOf(h.loopback, strings.Join(h.remote, "")) }

func (h *hosts) add(list ...Address) {
	for _, a := range list {
		switch {
		case IsAnyAddress(a.Host):
		case a.Loopback():
			h.loopback = firstOf(h.loopback, a.Host)
		case !slices.Contains(h.remote, a.Host):
			h.remote = append(h.remote, a.Host)
		}
	}
}

// hosts gathers the machines that Druid, its ZooKeeper and its metadata store
// are said to be on.
func (t *Tree) hosts() hosts {
	var h hosts
	for _, f := range t.Readable(CommonProperties, RuntimeProperties, JVMConfig) {
		for _, v := range f.Values(t) {
			if !v.Known() {
				continue
			}
			switch v.Key {
			case "druid.host":
				if a, ok := ParseAddress(v.Text, 0); ok {
					h.add(a)
					h.announced = append(h.announced, a)
				}
			case ZooKeeperKey:
				h.add(Addresses(v.Text, ZooKeeperPort)...)
			case "druid.metadata.storage.connector.connectURI":
				h.add(URLAddresses(v.Text, 0)...)
			}
		}
	}
	for _, f := range t.Readable(ZooConfig) {
		for _, s := range f.Zoo.Servers {
			if a, ok := ParseAddress(s.Host, 0); ok && s.Err == "" {
				h.add(a)
			}
		}
	}
	return h
}

// profiles are the one-machine profiles of Druid's distributions.
var profiles = []string{"nano-quickstart", "micro-quickstart", "small", "medium", "large", "xlarge"}

// layoutKind knows the places that Druid's distributions have for clusters and
// for single machines, wherever the distribution lies.
func (t *Tree) layoutKind() (kind DeploymentKind, where string) {
	parent, name := path.Split(t.place)
	switch parent = strings.TrimSuffix(parent, "/"); {
	case slices.Contains(profiles, name) && strings.HasSuffix(parent, "druid/single-server"):
		return SingleMachine, "druid/single-server/" + name
	case path.Base(parent) != "druid":
		return "", ""
	case name == "auto":
		return SingleMachine, "druid/auto"
	case name == "cluster":
		return Cluster, "druid/cluster"
	}
	return "", ""
}

// startedTogether says whether a supervise file starts all kinds of processes on
// one machine, or each file those of one kind of server.
func (t *Tree) startedTogether() (kind DeploymentKind, file string) {
	for _, f := range t.Readable(SuperviseConfig) {
		var roles []string
		for _, c := range f.Supervise.Commands {
			if role := serverRole(c.Service); role != "" && !t.Elsewhere(c) && !slices.Contains(roles, role) {
				roles = append(roles, role)
			}
		}
		switch {
		case len(roles) == 1:
			return Cluster, "supervise/" + f.Base()
		case len(roles) > 1 && kind == "":
			kind, file = SingleMachine, "supervise/"+f.Base()
		}
	}
	return kind, file
}
