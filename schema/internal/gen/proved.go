package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// proofs are, by the name of a property, the releases whose classes were asked
// and read it, a bit each.
func proofs(dir string) (map[string]uint64, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl.gz"))
	if err != nil {
		return nil, err
	}
	proved := map[string]uint64{}
	for _, file := range files {
		if err := addProofs(proved, file); err != nil {
			return nil, err
		}
	}
	return proved, nil
}

func addProofs(proved map[string]uint64, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	bit := uint64(1) << asked(filepath.Base(file))
	lines := bufio.NewScanner(unpacked)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var r struct{ Kind, Property string }
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return err
		}
		switch r.Kind {
		case "json", "raw", "polybind", "jackson-type", "config-magic":
			proved[r.Property] |= bit
		}
	}
	return lines.Err()
}

// asked is the release of a file: 14 of 0.14.0-incubating.jsonl.gz, 33 of
// 33.0.0-extensions.jsonl.gz.
func asked(file string) int {
	parts := strings.Split(strings.TrimPrefix(file, "0."), ".")
	n, _ := strconv.Atoi(parts[0])
	return n
}
