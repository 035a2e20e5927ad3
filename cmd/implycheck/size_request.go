package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
	"github.com/implycheck/implycheck/sizing/hardware"
)

// request turns flags into a request.
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
	r.Servers, err = flags.servers()
	return r, err
}

// inRange checks the numbers.
func inRange(flags sizeFlags) error {
	for _, number := range []struct {
		flag           string
		n, least, most int64
	}{
		{"brokers", flags.brokers, 0, 10_000}, {"data-servers", flags.dataServers, 0, 100_000}, {"query-servers", flags.queryServers, 0, 10_000},
		{"segments", flags.segments, 0, 1_000_000_000}, {"cores", flags.cores, 0, 100_000},
	} {
		if number.n < number.least || number.n > number.most {
			return fmt.Errorf("--%s: %d: write a number from %d to %d", number.flag, number.n, number.least, number.most)
		}
	}
	return nil
}

// servers are those that --role or --services name; without either the three of
// a cluster.
func (flags sizeFlags) servers() (list []sizing.ServerRequest, err error) {
	if len(flags.memoryLimits)+len(flags.cpuLimits) > 0 {
		return flags.containers()
	}
	roles := []string{sizing.Data, sizing.Query, sizing.Master}
	switch {
	case len(flags.services) > 0 && flags.role != "":
		return nil, errors.New("--role and --services exclude each other")
	case len(flags.services) > 0:
		roles = []string{strings.Join(flags.services, "+")}
	case flags.role != "":
		roles = []string{flags.role}
	case flags.like != "":
		roles = []string{sizing.AllInOne}
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
