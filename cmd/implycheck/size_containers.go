package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// limitsOf are the values of a flag: one for every process, or one each for those
// that are named, historical=16GiB.
type limitsOf[T any] struct {
	all    *T
	byName map[string]T
}

func parseLimits[T any](given []string, parse func(string) (T, error)) (l limitsOf[T], err error) {
	l.byName = map[string]T{}
	for _, text := range given {
		name, value, named := strings.Cut(text, "=")
		if !named {
			value = name
		}
		n, err := parse(value)
		switch {
		case err != nil:
			return l, err
		case !named && l.all != nil:
			return l, fmt.Errorf("%s: there is one for every process already", text)
		case !named:
			l.all = &n
		case !slices.Contains(sizing.ServiceNames(), name):
			return l, fmt.Errorf("unknown process %q: write one of %s", name, strings.Join(sizing.ServiceNames(), ", "))
		default:
			if _, twice := l.byName[name]; twice {
				return l, fmt.Errorf("%s: there is one for %s already", text, name)
			}
			l.byName[name] = n
		}
	}
	return l, nil
}

// of is the value for a process.
func (l limitsOf[T]) of(name string) (T, bool) {
	n, ok := l.byName[name]
	if !ok && l.all != nil {
		return *l.all, true
	}
	return n, ok
}

// parseCPU reads 2, 1.5 or 1500m, in thousandths of a core.
func parseCPU(given string) (int64, error) {
	number, milli := strings.CutSuffix(strings.TrimSpace(given), "m")
	n, err := strconv.ParseFloat(number, 64)
	if !milli {
		n *= 1000
	}
	if err != nil || !(n >= 1 && n <= 1e8) {
		return 0, fmt.Errorf("%q is not a number of cores: write 2, 1.5 or 1500m", given)
	}
	return int64(n), nil
}

// containers are processes in a container each, with the limits that the flags have
// for them.
func (flags sizeFlags) containers() ([]sizing.ServerRequest, error) {
	if flags.instance != "" || flags.memory != "" || flags.cores != 0 || flags.host {
		return nil, errors.New("--memory-limit and --cpu-limit are the hardware of a container: leave --instance, --cores, --memory and --host out")
	}
	memory, err := parseLimits(flags.memoryLimits, parseMemory)
	if err != nil {
		return nil, fmt.Errorf("--memory-limit: %w", err)
	}
	cpu, err := parseLimits(flags.cpuLimits, parseCPU)
	if err != nil {
		return nil, fmt.Errorf("--cpu-limit: %w", err)
	}
	services, err := flags.contained()
	if err != nil {
		return nil, err
	}
	described, err := sizing.Described("", 0, "", flags.disk)
	if err != nil {
		return nil, fmt.Errorf("--%w", err)
	}
	var list []sizing.ServerRequest
	for _, name := range services {
		bytes, hasMemory := memory.of(name)
		cores, hasCPU := cpu.of(name)
		switch {
		case !hasMemory && !hasCPU && len(flags.services) == 0:
			continue
		case !hasMemory || !hasCPU:
			return nil, fmt.Errorf("%s: a container is sized by --memory-limit and --cpu-limit: say both", name)
		}
		list = append(list, sizing.ServerRequest{Role: name, Services: []string{name}, Machine: sizing.Pod(bytes, cores, described.Disks)})
	}
	return list, nil
}

// contained are the processes that run in containers of their own: those of a
// cluster, without ZooKeeper and Pivot, unless --services or --role says others.
func (flags sizeFlags) contained() ([]string, error) {
	if len(flags.services) > 0 {
		return flags.services, nil
	}
	target, err := schema.ParseTarget(flags.target)
	if err != nil {
		return nil, fmt.Errorf("--target: %w", err)
	}
	roles := []string{sizing.Data, sizing.Query, sizing.Master}
	if flags.role != "" {
		roles = []string{flags.role}
	}
	var list []string
	for _, role := range roles {
		services, err := sizing.ServicesOf(role, target)
		if err != nil {
			return nil, err
		}
		list = append(list, services...)
	}
	return slices.DeleteFunc(list, func(s string) bool { return s == "zookeeper" || s == "pivot" }), nil
}

func parseMemory(given string) (int64, error) {
	n, _, err := text.ParseMemory(given)
	return n, err
}

// memoryNote says what memory was understood as, where its unit was a decimal one.
func memoryNote(flag, given string) string {
	if _, said, err := text.ParseMemory(given); err == nil && said != "" {
		return fmt.Sprintf("note: --%s %s is taken as %s: memory is sold in powers of two\n", flag, given, said)
	}
	return ""
}
