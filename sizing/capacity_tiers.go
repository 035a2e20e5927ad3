package sizing

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Tier is the data of some age, and the servers that keep it: druid.server.tier and
// a load rule. Druid asks for the newest first; tasks run on the servers of the
// first tier, and queries are counted there.
type Tier struct {
	Name string
	// Until is the age up to which it keeps data, of all; the tier before it keeps
	// what is newer.
	Until Share
	// Replication is how many of its servers hold each segment.
	Replication int64
	// Machine is what they are; nothing if they are as the others.
	Machine Machine
	// Memory says that all its data is to be in memory.
	Memory bool
}

// ParseTier reads hot=30d/1y:2, with @memory behind it where all of it is to be in
// memory. Its error shows how a tier is written.
func ParseTier(given string) (Tier, error) {
	name, rest, ok := strings.Cut(given, "=")
	rest, memory := strings.CutSuffix(rest, "@memory")
	age, copies, has := strings.Cut(rest, ":")
	t := Tier{Name: name, Replication: 2, Memory: memory}
	var err error
	if t.Until, err = ParseShare(age); !ok || name == "" || err != nil {
		return t, fmt.Errorf("%q is no tier: write its name, how old its data gets of all, and its copies, as in hot=30d/1y:2", given)
	}
	if has {
		if t.Replication, err = strconv.ParseInt(copies, 10, 32); err != nil || t.Replication < 1 {
			return t, fmt.Errorf("%q: %s is not a number of copies", given, copies)
		}
	}
	return t, nil
}

// tierPlan is a tier with its part of the demand.
type tierPlan struct {
	Demand
	tier    string
	machine Machine
}

// tiers are the parts of a demand, one where there are no tiers.
func (d Demand) tiers(m Machines) []tierPlan {
	if len(d.Tiers) == 0 {
		return []tierPlan{{d, "", m.Data}}
	}
	var list []tierPlan
	var newer int64
	for i, t := range d.Tiers {
		part := d
		until := t.Until.of(d.Data)
		part.Data, newer = max(1, until-newer), until
		part.Replication, part.Hot = t.Replication, Share{}
		if t.Memory {
			part.Hot = Share{1, 1}
		}
		if i > 0 {
			part.Tasks, part.Ingest, part.Queries = 0, 0, 0
		}
		machine := m.Data
		if t.Machine.Cores > 0 {
			machine = t.Machine
		}
		list = append(list, tierPlan{part, t.Name, machine})
	}
	return list
}

// tierErr says what is wrong with tiers.
func (d Demand) tierErr() error {
	for i, t := range d.Tiers {
		if slices.ContainsFunc(d.Tiers[:i], func(other Tier) bool { return other.Name == t.Name }) {
			return fmt.Errorf("two tiers are called %s: Druid would take them for one", t.Name)
		}
		if i > 0 && t.Until.of(1<<40) <= d.Tiers[i-1].Until.of(1<<40) {
			return fmt.Errorf("tier %s keeps nothing that tier %s does not: name them from the newest data to the oldest", t.Name, d.Tiers[i-1].Name)
		}
	}
	if last := d.Tiers[len(d.Tiers)-1]; last.Until.Part != last.Until.Whole {
		return fmt.Errorf("tier %s ends before the oldest data: write the last tier as %s=1y/1y, or plan without that data", last.Name, last.Name)
	}
	if d.Hot.Whole > 0 {
		return errors.New("hot data and tiers say the same: write the hot tier with @memory behind it")
	}
	return nil
}

// plan counts the servers of a tier. Only those of the first run tasks.
func (t tierPlan) plan(first bool) (Fleet, []string, error) {
	gives, err := t.dataServer(t.machine)
	if err != nil {
		return Fleet{}, nil, err
	}
	limits := t.dataLimits(gives)
	if !first {
		limits = []Limit{t.copiesLimit(), t.diskLimit(gives), t.lossLimit([]need{{"room for all copies", gives.cache, t.copies(), UnitBytes}})}
		if t.hot() > 0 {
			limits = append(limits, t.memoryLimit(gives))
		}
	}
	fleet := newFleet(Data, t.machine, limits)
	fleet.Tier, fleet.Lost = t.tier, t.lost()
	if fleet.Count > mostServers {
		return fleet, nil, fmt.Errorf("%s Data servers are more than any cluster has; %s: %s", grouped(fleet.Count), fleet.Decides().Name, fleet.Decides().Formula)
	}
	fleet.Losses = t.dataLosses(gives, fleet.Count)
	if !first {
		fleet.Losses = fleet.Losses[:len(fleet.Losses)-1] // they run no tasks
	}
	return fleet, t.dataNotes(gives, fleet.Count, first), nil
}
