package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// evidence is what the classes of the releases say of a property that has no other
// place.
type evidence struct {
	// proved are the releases that were asked and read it, a bit each.
	proved uint64
	// built are the releases in which a process makes the object that holds it when it
	// starts, by the process.
	built map[string]uint64
}

// dumps are all releases that were asked.
type dumps struct {
	properties map[string]*evidence
	// whole are the releases all of whose processes were asked.
	whole uint64
}

func readDumps(dir string) (*dumps, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl.gz"))
	if err != nil {
		return nil, err
	}
	d := &dumps{properties: map[string]*evidence{}}
	for _, file := range files {
		if err := d.add(file); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// dumpLine is what counts here of a line, see tools/classes/README.md.
type dumpLine struct {
	Kind, Property, Bound, Extension string
	When                             map[string]string
	Roles, RolesUsed                 []string
}

func (d *dumps) add(file string) error {
	lines, err := readLines(file)
	if err != nil {
		return err
	}
	bit := uint64(1) << asked(filepath.Base(file))
	used := map[string][]string{}
	for _, l := range lines {
		switch {
		case l.Kind == "bound":
			used[l.Property] = l.RolesUsed
		case l.Kind == "release" && len(l.Roles) >= 7 && !strings.Contains(file, "-extensions"):
			d.whole |= bit
		}
	}
	for _, l := range lines {
		switch l.Kind {
		case "json", "raw", "polybind", "jackson-type", "config-magic":
			e := d.properties[l.Property]
			if e == nil {
				e = &evidence{built: map[string]uint64{}}
				d.properties[l.Property] = e
			}
			e.proved |= bit
			if len(l.When) == 0 && l.Extension == "" {
				for _, role := range used[l.Bound] {
					e.built[role] |= bit
				}
			}
		}
	}
	return nil
}

func readLines(file string) ([]dumpLine, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	var list []dumpLine
	lines := bufio.NewScanner(unpacked)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var l dumpLine
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return nil, err
		}
		list = append(list, l)
	}
	return list, lines.Err()
}

// asked is the release of a file: 14 of 0.14.0-incubating.jsonl.gz, 33 of
// 33.0.0-extensions.jsonl.gz.
func asked(file string) int {
	parts := strings.Split(strings.TrimPrefix(file, "0."), ".")
	n, _ := strconv.Atoi(parts[0])
	return n
}

// built are the runs of releases in which processes that do not read a property make
// the object that holds it all the same. Between two releases that were asked only
// what both say is taken, and the last one speaks for those after it.
func (d *dumps) built(p *propertyJSON, e *evidence) string {
	byRun := map[string][]string{}
	unsure := e.everywhere() & (1<<33 - 1)
	for _, role := range slices.Sorted(maps.Keys(e.built)) {
		if len(p.Services) == 0 || slices.Contains(p.Services, role) {
			continue
		}
		for _, run := range d.runs(e.built[role] &^ unsure) {
			byRun[run] = append(byRun[run], role)
		}
	}
	var list []string
	for _, run := range slices.Sorted(maps.Keys(byRun)) {
		list = append(list, run+" "+strings.Join(byRun[run], " "))
	}
	return strings.Join(list, ";")
}

// everywhere are the releases in which every process makes the object. Before 33 some
// do so for a request only: a real 25 starts with what it refuses, and a real 33 does
// not.
func (e *evidence) everywhere() uint64 {
	var bits uint64
	for r := range 64 {
		n := 0
		for _, has := range e.built {
			n += int(has >> r & 1)
		}
		if n >= 7 {
			bits |= 1 << r
		}
	}
	return bits
}

// runs are the stretches of releases that were asked one after the other and have a
// bit.
func (d *dumps) runs(bits uint64) (list []string) {
	from, last := 0, 0
	end := func(until int) {
		if from > 0 {
			list = append(list, fmt.Sprintf("%d %d", from, until))
		}
		from = 0
	}
	for r := range 64 {
		if d.whole&(1<<r) == 0 {
			continue
		}
		switch has := bits&(1<<r) != 0; {
		case !has:
			end(last)
		case from == 0:
			from = r
		}
		last = r
	}
	end(0)
	return list
}
