package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/edit/scaffold"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
	"github.com/implycheck/implycheck/sizing/hardware"
)

// request turns flags into a request for servers, which come later: what they are depends
// on the form.
func (flags sizeFlags) request() (r sizing.Request, err error) {
	r = sizing.Request{Brokers: max(flags.brokers, flags.queryServers), DataServers: flags.dataServers, Segments: flags.segments, NoCache: flags.noCache, Workload: sizing.Workload(flags.workload)}
	if r.Target, err = schema.ParseTarget(flags.target); err != nil {
		return r, fmt.Errorf("--target: %w", err)
	}
	if workloads := sizing.Workloads(); !slices.Contains(workloads, flags.workload) {
		return r, fmt.Errorf("--workload: unknown %q: write one of %s", flags.workload, strings.Join(workloads, ", "))
	}
	if err := inRange(flags); err != nil {
		return r, err
	}
	if r.Lookups, _, err = text.ParseMemory(flags.lookups); err != nil {
		return r, fmt.Errorf("--lookups: %w", err)
	}
	if r.Reserve, _, err = text.ParseMemory(flags.reserve); err != nil {
		return r, fmt.Errorf("--reserve: %w", err)
	}
	return r, nil
}

// inRange checks the numbers.
func inRange(flags sizeFlags) error {
	for _, number := range []struct {
		flag    string
		n, most int64
	}{
		{"brokers", flags.brokers, sizing.MostBrokers}, {"data-servers", flags.dataServers, sizing.MostDataServers}, {"query-servers", flags.queryServers, sizing.MostBrokers},
		{"segments", flags.segments, sizing.MostSegments}, {"cores", flags.cores, sizing.MostCores},
	} {
		if number.n < 0 || number.n > number.most {
			return fmt.Errorf("--%s: %d: write a number from 0 to %d", number.flag, number.n, number.most)
		}
	}
	return nil
}

// servers are those that --role or --services name; without either those of a cluster in
// the form.
func (flags sizeFlags) servers(form string) (list []sizing.ServerRequest, err error) {
	if len(flags.memoryLimits)+len(flags.cpuLimits) > 0 {
		return flags.containers()
	}
	roles := scaffold.Roles(form)
	switch {
	case len(flags.services) > 0 && flags.role != "":
		return nil, errors.New("--role and --services exclude each other")
	case len(flags.services) > 0:
		roles = []string{strings.Join(flags.services, "+")}
	case flags.role != "":
		roles = []string{flags.role}
	case flags.like != "":
		roles = []string{sizing.AllInOne}
	case len(roles) == 1 && flags.master+flags.query+flags.data != "":
		return nil, fmt.Errorf("%s starts everything on one machine: say what it is with --instance, or with --role which server it is", form)
	}
	for _, role := range roles {
		s := sizing.ServerRequest{Role: role, Services: flags.services}
		if s.Machine, err = flags.machine(role); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// machine is the hardware for a role: what the flags say, else this machine's.
func (flags sizeFlags) machine(role string) (m sizing.Machine, err error) {
	name := map[string]string{"master": flags.master, "query": flags.query, "data": flags.data}[role]
	if name == "" {
		name = flags.instance
	}
	if m, err = sizing.Described(name, flags.cores, flags.memory, flags.disk); err != nil {
		return m, fmt.Errorf("--%w", err)
	}
	if name == "" && (m.Cores == 0) != (m.Memory == 0) {
		return m, errors.New("say both --cores and --memory, or an --instance, or nothing for this machine")
	}
	if m.Cores > 0 {
		if flags.host {
			return m, errors.New("--host and other hardware exclude each other")
		}
		return m, nil
	}
	host, err := flags.seen.detect()
	if len(m.Disks) > 0 {
		host.Disks = m.Disks
	}
	return host, err
}

// seenHost is this machine, looked at once and only when it is asked for.
type seenHost struct {
	host hardware.Host
	done bool
}

func (s *seenHost) detect() (m sizing.Machine, err error) {
	if !s.done {
		s.host, err = hardware.Detect("/")
		s.done = err == nil
	}
	return s.host.Machine, err
}

// notes say what was seen, where the machine was looked at.
func (s *seenHost) notes() []string {
	if !s.done {
		return nil
	}
	return s.host.Summary()
}
