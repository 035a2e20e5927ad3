package scaffold

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/schema"
)

// store is deep storage: a kind, what is at its root (a bucket, a container, a
// namenode), and the folder below.
type store struct {
	kind    *storeKind
	root    string
	prefix  string
	account string // of Azure
}

// storeKind is how Druid names a kind of storage and its properties.
type storeKind struct {
	scheme    string
	name      string // in druid.storage.type
	logs      string // in druid.indexer.logs.type
	extension string
	example   string
	// rootKeys and prefixKeys are the properties of segments and of task logs. A
	// kind without rootKeys has one folder that is a whole path.
	rootKeys, prefixKeys [2]string
}

var storeKinds = lazy.Value[map[string]*storeKind]{New: func() map[string]*storeKind {
	return map[string]*storeKind{
		"s3": {
			scheme: "s3", name: "s3", logs: "s3", extension: "druid-s3-extensions", example: "s3://bucket/prefix",
			rootKeys:   [2]string{"druid.storage.bucket", "druid.indexer.logs.s3Bucket"},
			prefixKeys: [2]string{"druid.storage.baseKey", "druid.indexer.logs.s3Prefix"},
		},
		"gs": {
			scheme: "gs", name: "google", logs: "google", extension: "druid-google-extensions", example: "gs://bucket/prefix",
			rootKeys:   [2]string{"druid.google.bucket", "druid.indexer.logs.bucket"},
			prefixKeys: [2]string{"druid.google.prefix", "druid.indexer.logs.prefix"},
		},
		"azure": {
			scheme: "azure", name: "azure", logs: "azure", extension: "druid-azure-extensions", example: "azure://account@container/prefix",
			rootKeys:   [2]string{"druid.azure.container", "druid.indexer.logs.container"},
			prefixKeys: [2]string{"druid.azure.prefix", "druid.indexer.logs.prefix"},
		},
		"hdfs": {
			scheme: "hdfs", name: "hdfs", logs: "hdfs", extension: "druid-hdfs-storage", example: "hdfs://namenode:8020/druid",
			prefixKeys: [2]string{"druid.storage.storageDirectory", "druid.indexer.logs.directory"},
		},
		"file": {
			scheme: "file", name: "local", logs: "file", example: "file:///mnt/druid",
			prefixKeys: [2]string{"druid.storage.storageDirectory", "druid.indexer.logs.directory"},
		},
	}
}}

// parseStore reads s3://bucket/prefix and its like.
func parseStore(text string) (*store, error) {
	scheme, rest, found := strings.Cut(text, "://")
	kind := storeKinds.Get()[scheme]
	if !found || kind == nil {
		return nil, fmt.Errorf("deep storage is one of %s: write %s", schemes(storeKinds.Get()), storeKinds.Get()["s3"].example)
	}
	if err := plain(rest, kind.example); err != nil {
		return nil, err
	}
	if strings.ContainsAny(rest, "?#") {
		return nil, fmt.Errorf("there is no ? or # in it: write %s", kind.example)
	}
	s := &store{kind: kind}
	s.root, s.prefix, _ = strings.Cut(rest, "/")
	if account, container, found := strings.Cut(s.root, "@"); found && scheme == "azure" {
		s.account, s.root = account, container
	}
	s.prefix = strings.Trim(s.prefix, "/")
	return s, s.check()
}

func (s *store) check() error {
	switch {
	case s.kind.scheme == "file" && (s.root != "" || s.prefix == ""):
		return errors.New("a folder begins with a third slash: write " + s.kind.example)
	case s.kind.scheme == "hdfs" && s.root == "" && s.prefix != "": // fs.defaultFS says which
	case s.kind.scheme != "file" && s.root == "":
		return fmt.Errorf("the name behind %s:// is missing: write %s", s.kind.scheme, s.kind.example)
	case strings.ContainsAny(s.account+s.root, "@:") && s.kind.scheme != "hdfs":
		return fmt.Errorf("no key and no port belong there: write %s", s.kind.example)
	}
	if s.kind.scheme == "file" {
		s.prefix = "/" + s.prefix
	}
	return nil
}

// lines are the storage in the common file.
func (s *store) lines(t schema.Target) []setting {
	segments := []setting{{"druid.storage.type", s.kind.name, ""}}
	logs := []setting{{"druid.indexer.logs.type", s.kind.logs, ""}}
	if s.kind.rootKeys[0] != "" {
		segments = append(segments, setting{s.kind.rootKeys[0], s.root, ""})
		logs = append(logs, setting{s.kind.rootKeys[1], s.root, ""})
	}
	segments = append(segments, setting{s.kind.prefixKeys[0], s.folder("segments"), ""})
	logs = append(logs, setting{s.kind.prefixKeys[1], s.folder("indexing-logs"), ""})
	if s.kind.scheme == "azure" {
		segments = append(segments, s.azure(t)...)
	}
	return slices.DeleteFunc(append(segments, logs...), func(line setting) bool {
		p, known := schema.Lookup(line.key)
		return known && !p.Releases.Has(t.Release) // Azure has a prefix from 0.18 on
	})
}

// folder is where segments or logs go: below the prefix, and for HDFS below the
// namenode.
func (s *store) folder(name string) string {
	folder := path.Join(s.prefix, name)
	if s.kind.scheme == "hdfs" {
		return "hdfs://" + s.root + "/" + folder
	}
	return folder
}

// azureVariable is the environment variable that Druid takes the key of Azure from, from
// a release on.
const (
	azureVariable                        = "AZURE_STORAGE_KEY"
	azureKeyInEnvironment schema.Release = 25
)

// azure are the account and its key. Before Druid takes the key from the environment
// it has to be in the file, so a placeholder is.
func (s *store) azure(t schema.Target) []setting {
	account, key := s.account, "${env:"+azureVariable+"}"
	if account == "" {
		account = "your-account"
	}
	list := []setting{{"druid.azure.account", account, ""}, {"druid.azure.key", key, ""}}
	if t.Release < azureKeyInEnvironment {
		list[1].value = "your-key"
		list = append(list, setting{"druid.startup.logging.maskProperties", `["Password", "password", "Secret", "secret", "azure.key"]`,
			"Druid's image writes all properties into the log."})
	}
	return list
}
