package scaffold

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// Site is what a plan cannot know of a place, understood. The zero Site knows
// nothing: a cluster gets placeholders then, which lint reports, and a single
// machine everything on itself.
type Site struct {
	ensemble *ensemble
	database *database
	store    *store
}

// Addresses are a site as people write it; each may be empty.
type Addresses struct {
	ZooKeeper, Metadata, DeepStorage string
}

// ParseSite reads addresses. Its error names the flag, and what to write.
func ParseSite(a Addresses) (Site, error) {
	var s Site
	var err error
	if a.ZooKeeper != "" {
		if s.ensemble, err = parseEnsemble(a.ZooKeeper); err != nil {
			return s, fmt.Errorf("--zookeeper: %w", err)
		}
	}
	if a.Metadata != "" {
		if s.database, err = parseDatabase(a.Metadata); err != nil {
			return s, fmt.Errorf("--metadata: %w", err)
		}
	}
	if a.DeepStorage != "" {
		if s.store, err = parseStore(a.DeepStorage); err != nil {
			return s, fmt.Errorf("--deep-storage: %w", err)
		}
	}
	return s, nil
}

// site is a Site with its gaps filled, for one target.
type site struct {
	ensemble   ensemble
	database   database
	metadata   metadataLines
	storage    []setting
	store      string // the scheme of deep storage
	folder     string // of deep storage, where it is one
	extensions []string
}

// placeholders stand for addresses that were not given; lint reports them as
// still to be filled in, and judges them no further.
func placeholders() Site {
	return Site{
		ensemble: &ensemble{servers: []string{"zk1.example.com:2181", "zk2.example.com:2181", "zk3.example.com:2181"}},
		database: &database{kind: "postgresql", hosts: "db.example.com", name: "druid"},
		store:    &store{kind: storeKinds.Get()["s3"], root: "your-bucket", prefix: "druid"},
	}
}

// alone is the site of a single machine: everything is on it.
func alone() Site {
	return Site{
		ensemble: &ensemble{servers: []string{"localhost:2181"}},
		database: &database{kind: "derby"},
		store:    &store{kind: storeKinds.Get()["file"], prefix: "var/druid"},
	}
}

// of fills the gaps and writes the lines for a plan's target.
func (s Site) of(plan sizing.Plan) site {
	if single(plan) {
		return s.fill(plan, alone())
	}
	return s.fill(plan, placeholders())
}

func (s Site) fill(plan sizing.Plan, rest Site) site {
	filled := site{ensemble: *or(s.ensemble, rest.ensemble), database: *or(s.database, rest.database)}
	storage := or(s.store, rest.store)
	filled.metadata = filled.database.lines()
	filled.storage, filled.store, filled.folder = storage.lines(plan.Target), storage.kind.scheme, storage.prefix
	filled.extensions = baseExtensions(plan.Target)
	for _, name := range []string{filled.metadata.extension, storage.kind.extension} {
		if name != "" {
			filled.extensions = append(filled.extensions, name)
		}
	}
	return filled
}

func or[T any](given, rest *T) *T {
	if given != nil {
		return given
	}
	return rest
}

func (s site) derby() bool { return s.database.kind == "derby" }

// baseExtensions are loaded whatever the site: those that nearly every cluster
// uses.
func baseExtensions(t schema.Target) []string {
	names := []string{"druid-datasketches", "druid-kafka-indexing-service"}
	if msq, ok := schema.LookupExtension("druid-multi-stage-query"); ok && msq.ExistsIn(t.Release) {
		names = append(names, msq.Name)
	}
	return names
}

// MetadataVariable is the environment variable that Druid takes the password of
// its metadata store from.
const MetadataVariable = "DRUID_METADATA_PASSWORD"

// plain refuses what no address has: blanks and what is not printed, which would
// end a line or a value in a file, quotes and backslashes.
func plain(text, example string) error {
	odd := func(c rune) bool {
		return c == utf8.RuneError || c == ' ' || !unicode.IsPrint(c) || strings.ContainsRune(`"'\`, c)
	}
	if strings.ContainsFunc(text, odd) {
		return fmt.Errorf("%q has a blank, a quote, a backslash or a character that is not printed in it: write %s", text, example)
	}
	return nil
}

// schemes lists what there is to choose from, for messages.
func schemes[T any](kinds map[string]T) string {
	var names []string
	for name := range kinds {
		names = append(names, name+"://")
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
