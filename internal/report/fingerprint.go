//go:build !js

package report

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/finding"
)

// fingerprints names findings so that a program knows them again in the next
// run. A name is made of what stays when lines move: rule, file, service,
// property and the text of the line, secrets masked. Findings alike in all of
// that are numbered, so that every name of a report is unique.
type fingerprints map[string]int

func (seen fingerprints) of(f *finding.Finding) string {
	var all []byte
	for _, part := range []string{f.Rule, fileOf(f), f.Service, f.Property, strings.TrimSpace(f.Source)} {
		all = strconv.AppendInt(all, int64(len(part)), 10)
		all = append(append(all, ':'), part...)
	}
	hash := sha256.Sum256(all)
	name := hex.EncodeToString(hash[:16])
	seen[name]++
	return name + ":" + strconv.Itoa(seen[name])
}
