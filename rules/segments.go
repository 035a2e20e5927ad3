package rules

import (
	"path"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

func segmentRules() []*Rule {
	return []*Rule{
		segLocationsMissing, segMaxSize, segServerMaxSize, segLocationMaxSize, segLocationNested, segLocationField, segInfoDir, segLoadingThreads, segExceedsDisk}
}

const (
	locationsKey = "druid.segmentCache.locations"
	maxSizeKey   = "druid.server.maxSize"
)

// cacheLocation is one entry of druid.segmentCache.locations.
type cacheLocation struct {
	path    string
	maxSize int64
	sized   bool // maxSize is given and could be read
	node    *syntax.Node
}

// locations reads the segment cache of a process; false if it is not known.
func (p *Pass) locations(s *conf.Service) ([]cacheLocation, conf.Value, bool) {
	v := s.Get(locationsKey)
	array := v.JSON()
	if !v.Set || array == nil || array.Kind != syntax.Array {
		return nil, v, false
	}
	var list []cacheLocation
	for _, item := range array.Items {
		l := cacheLocation{node: item}
		if dir, ok := item.Get("path"); ok {
			l.path = dir.Text
		}
		if size, ok := item.Get("maxSize"); ok {
			l.maxSize, l.sized = p.maxSize(size)
		}
		list = append(list, l)
	}
	return list, v, true
}

// CacheLocation is a folder of a segment cache; MaxSize is 0 where it is not known.
type CacheLocation struct {
	Path    string
	MaxSize int64
}

// CacheLocations are the folders that a process keeps segments in, and the property
// that says so; false if they are not known.
func CacheLocations(s *conf.Service) ([]CacheLocation, conf.Value, bool) {
	p := Pass{Tree: s.Tree()}
	list, v, ok := p.locations(s)
	var folders []CacheLocation
	for _, l := range list {
		folders = append(folders, CacheLocation{l.path, l.maxSize})
	}
	return folders, v, ok
}

// maxSize reads a location's size: a number, or from 0.20 on a text with a unit.
func (p *Pass) maxSize(n *syntax.Node) (int64, bool) {
	if n.Kind == syntax.String && p.Release() < 20 && strings.Trim(n.Text, "0123456789") != "" {
		return 0, false
	}
	return schema.ParseBytes(n.Text)
}

var segLocationsMissing = &Rule{
	ID: "seg-locations-missing", Severity: finding.Error, Area: Segments,
	Title:  "A Historical without a segment cache.",
	Why:    "A Historical serves segments from its own disk and must be told where.",
	Effect: "The process stops at start: druid.segmentCache.locations - may not be empty, or You have no segment cache locations defined.",
	Fix:    `Set druid.segmentCache.locations=[{"path":"/mnt/druid/segments","maxSize":300000000000}].`,
	Source: "server/src/main/java/org/apache/druid/segment/loading/SegmentLoaderConfig.java:37,95, 0.14.2",
	Check: func(p *Pass) {
		for _, s := range p.Services("historical") {
			list, v, known := p.locations(s)
			if s.Runtime == nil || s.Runtime.Problem != "" || v.Set && (!known || len(list) > 0) {
				continue
			}
			mayBeFlag(p.Report(p.Where(s, v), "the Historical has no druid.segmentCache.locations"), s)
		}
	},
}

var segMaxSize = &Rule{
	ID: "seg-maxsize-vs-locations", Severity: finding.Warning, Area: Segments,
	Title:  "druid.server.maxSize is not the sum of the segment cache's locations.",
	Why:    "The Coordinator assigns up to druid.server.maxSize; the Historical stores up to the locations' sizes.",
	Effect: "Segment[...] too large for storage[...], and Failed to load segment in all locations, again and again, once the locations are full.",
	Fix:    "Set druid.server.maxSize to the sum of maxSize in druid.segmentCache.locations.",
	Source: "StorageLocation.java:92 and SegmentLoaderLocalCacheManager.java, 0.14.2; apache/druid#2237",
	Check: func(p *Pass) {
		for _, s := range p.Services("historical") {
			list, at, known := p.locations(s)
			v := s.Get(maxSizeKey)
			size, ok := v.Int64()
			sum, sized := total(list)
			virtual := s.Get("druid.segmentCache.virtualStorage")
			if !known || !sized || !v.Set || !ok || size == sum || size <= 0 || virtual.Set && !virtual.Is("false") {
				continue // with virtual storage a Historical serves more than it stores
			}
			f := p.Report(Val(v).Of(s), "druid.server.maxSize is %s, and the locations hold %s", text.Amount(size), text.Amount(sum))
			relate(f, Val(at), "the locations")
			if p.Release() >= 20 {
				f.Help = "Delete druid.server.maxSize: from 0.20 on the default is the sum."
			}
			if size > sum {
				f.Message += ": segments are assigned that do not fit"
				continue
			}
			f.Effect = "Disk that is never used."
			if size > sum/10*6 {
				f.Severity = finding.Info // a margin that many leave on purpose
			}
		}
	},
}

// total adds up the sizes; false if one of them is not known.
func total(list []cacheLocation) (sum int64, known bool) {
	for _, l := range list {
		if !l.sized || sum+l.maxSize < sum {
			return 0, false
		}
		sum += l.maxSize
	}
	return sum, len(list) > 0
}

var segServerMaxSize = &Rule{
	ID: "seg-server-maxsize-zero", Severity: finding.Error, Area: Segments, Releases: schema.Range{Until: 19},
	Title:  "A Historical without druid.server.maxSize, before 0.20.",
	Why:    "Its default is 0: the Coordinator takes the server for full.",
	Effect: "Up to 0.18 segments are assigned at random and never balanced to the server; 0.19 assigns none.",
	Fix:    "Set druid.server.maxSize to the sum of maxSize in druid.segmentCache.locations.",
	Source: "server/src/main/java/org/apache/druid/server/coordinator/CostBalancerStrategy.java:327, 0.14.2; apache/druid#10070 (0.19), #10255 (0.20)",
	Check: func(p *Pass) {
		for _, s := range p.Services("historical") {
			v := s.Get(maxSizeKey)
			size, ok := v.Int64()
			if s.Runtime == nil || s.Runtime.Problem != "" || v.Set && (!ok || size != 0) {
				continue
			}
			f := p.Report(p.Where(s, v), "druid.server.maxSize is 0, so the Coordinator takes the Historical for full")
			if p.Release() < 19 {
				f.Severity = finding.Warning
			}
			if list, _, known := p.locations(s); known {
				if sum, sized := total(list); sized {
					f.Help = "Set druid.server.maxSize=" + strconv.FormatInt(sum, 10) + ", the sum of the locations."
				}
			}
		}
	},
}

var segLocationMaxSize = &Rule{
	ID: "seg-location-maxsize-missing", Severity: finding.Warning, Area: Segments,
	Title:    "A segment cache location without maxSize.",
	Why:      "Without a limit the cache grows until the disk is full.",
	Effect:   "No space left on device, in the middle of loading segments; from 0.20 on two such locations overflow their sum.",
	Fix:      "Give each location a maxSize below the size of its disk.",
	Source:   "server/src/main/java/org/apache/druid/segment/loading/StorageLocationConfig.java:38 (Long.MAX_VALUE), 0.14.2",
	DefersTo: []string{"seg-location-field"},
	Check: func(p *Pass) {
		for _, s := range p.Services("historical") {
			list, v, _ := p.locations(s)
			for _, l := range list {
				if _, given := l.node.Get("maxSize"); !given && l.node.Kind == syntax.Object {
					p.Report(valueAt(v, l.node.Span.Start.Offset, l.node.Span.End.Offset).Of(s), "the location %s has no maxSize", l.path)
				}
			}
		}
	},
}

// locationFields are the fields of a location, all releases together.
var locationFields = []string{"path", "maxSize", "freeSpacePercent"}

var segLocationField = &Rule{
	ID: "seg-location-field", Severity: finding.Error, Area: Segments,
	Title:  "A segment cache location with a field that Druid does not know, or cannot read.",
	Why:    "Jackson skips fields that it does not know, in any other case too, and a limit is lost; sizes with a unit are a text that only 0.20 and later read.",
	Effect: "The process stops at start: Problem parsing object at prefix[druid.segmentCache].",
	Fix:    `Write {"path":"/mnt/druid/segments","maxSize":300000000000}.`,
	Source: "StorageLocationConfig.java, 0.14.2; run on Imply 2.7.8",
	Check: func(p *Pass) {
		for _, s := range p.Services("historical") {
			list, v, _ := p.locations(s)
			for _, l := range list {
				if l.path == "" && l.node.Kind == syntax.Object && !syntax.HasPlaceholder(v.Text) {
					p.reportNoPath(s, v, l)
				}
				for _, m := range l.node.Members {
					p.checkLocationField(s, v, l, m)
				}
			}
		}
	},
}

// reportNoPath reports a location that does not say where it is.
func (p *Pass) reportNoPath(s *conf.Service, v conf.Value, l cacheLocation) {
	f := p.Report(valueAt(v, l.node.Span.Start.Offset, l.node.Span.End.Offset).Of(s), "a location has no path")
	f.Effect = "The process stops at start: Problem parsing object at prefix[druid.segmentCache]."
}

func (p *Pass) checkLocationField(s *conf.Service, v conf.Value, l cacheLocation, m syntax.Member) {
	at := valueAt(v, m.KeySpan.Start.Offset, m.Value.Span.End.Offset).Of(s)
	if m.Key == "maxSize" && !l.sized && !syntax.HasPlaceholder(m.Value.Text) {
		f := p.Report(at, "%q is not a size that Druid %s reads", m.Value.Text, p.Release())
		if p.Release() < 20 {
			f.Effect = "The process stops at start: Can not construct instance of java.lang.Long from String value. Sizes with a unit came with 0.20."
			f.Help = "Write the number of bytes."
		}
	}
	switch {
	case m.Key == "maxSize" && l.sized && l.maxSize <= 0 && p.Release() >= 16:
		p.Report(at, "a location of %s bytes holds nothing", m.Value.Text).Effect = "The process stops at start: maxSize should be positive."
	case m.Key == "freeSpacePercent" && !syntax.HasPlaceholder(m.Value.Text) && !percent(m.Value, p.Release() >= 16):
		p.Report(at, "freeSpacePercent is %s, expected a number of 0 or more", m.Value.Text)
	}
	for _, field := range locationFields {
		if m.Key == field {
			return
		}
	}
	f := p.Report(at, "a location has no field %q", m.Key)
	f.Severity = finding.Warning
	f.Effect = "Druid silently ignores the field: the limit that it should set does not exist."
	if near, ok := text.Nearest(m.Key, locationFields); ok {
		f.Suggestion = near
		f.Help = "Did you mean " + near + "?"
	}
}

// percent reports whether a value is null or a number, as a text or by itself,
// which must not be negative in later releases than 0.15.
func percent(n *syntax.Node, positive bool) bool {
	x, err := strconv.ParseFloat(strings.TrimSpace(n.Text), 64)
	number := err == nil && (x >= 0 || !positive)
	return n.Kind == syntax.Null || (n.Kind == syntax.Number || n.Kind == syntax.String) && (number || n.Text == "")
}

var segLocationNested = &Rule{
	ID: "seg-location-duplicate-or-nested", Severity: finding.Error, Area: Segments,
	Title:  "Two uses of one folder: a segment cache location in another, or in deep storage.",
	Why:    "Space is counted twice, and what cleans one folder deletes the other's files.",
	Effect: "Segments vanish from the cache or from deep storage, or the disk fills although both limits hold.",
	Fix:    "Give each its own folder.",
	Source: "SegmentLoaderLocalCacheManager.java (cleanup deletes below the location), 0.14.2",
	Check: func(p *Pass) {
		for _, s := range p.Services("historical") {
			list, v, _ := p.locations(s)
			for i, l := range list {
				for _, other := range list[:i] {
					if nested(l.path, other.path) {
						p.Report(valueAt(v, l.node.Span.Start.Offset, l.node.Span.End.Offset).Of(s), "the locations %s and %s overlap", other.path, l.path)
					}
				}
				if deep := s.Get("druid.storage.storageDirectory"); deep.Set && deep.Known() && s.Get("druid.storage.type").Is("local") && nested(l.path, deep.Text) {
					f := p.Report(valueAt(v, l.node.Span.Start.Offset, l.node.Span.End.Offset).Of(s), "the location %s and deep storage in %s overlap", l.path, deep.Text)
					relate(f, Val(deep), "deep storage")
				}
			}
		}
	},
}

// nested reports whether two paths are the same, or one lies in the other.
func nested(a, b string) bool {
	if a == "" || b == "" || path.IsAbs(a) != path.IsAbs(b) {
		return false
	}
	a, b = path.Clean(a), path.Clean(b)
	return a == b || strings.HasPrefix(a, b+"/") || strings.HasPrefix(b, a+"/")
}

var segInfoDir = &Rule{
	ID: "seg-infodir", Severity: finding.Warning, Area: Segments,
	Title:  "The list of cached segments is kept below /tmp.",
	Why:    "The Historical finds its cached segments through that folder when it starts.",
	Effect: "After a reboot it forgets what is on its disk and downloads everything again.",
	Fix:    "Delete druid.segmentCache.infoDir: the default lies in the first location.",
	Source: "SegmentLoaderConfig.java (getInfoDir), 0.14.2",
	Check: func(p *Pass) {
		for _, s := range p.Services("historical") {
			v := s.Get("druid.segmentCache.infoDir")
			if v.Set && v.Known() && nested(v.Text, "/tmp") && path.Clean(v.Text) != "/" {
				p.Report(Val(v).Of(s), "the list of cached segments is in %s, which a reboot may empty", v.Text)
			}
		}
	},
}

var segLoadingThreads = &Rule{
	ID: "seg-loading-threads-zero", Severity: finding.Error, Area: Segments,
	Title:  "A Historical with no threads to load segments.",
	Why:    "The pool of loading threads must have one at least.",
	Effect: "The process stops at start with a bare java.lang.IllegalArgumentException.",
	Fix:    "Write 1 or more, or delete the line.",
	Source: "run on Imply 2.7.8 (ZkCoordinator's thread pool) and Druid 33 (numBootstrapThreads)",
	Check: func(p *Pass) {
		for _, s := range p.Services("historical") {
			for _, key := range []string{"druid.segmentCache.numLoadingThreads", "druid.segmentCache.numBootstrapThreads"} {
				v := s.Get(key)
				if n, ok := v.Int64(); ok && v.Set && n <= 0 {
					p.Report(Val(v).Of(s), "%s threads cannot load segments", v.Text)
				}
			}
		}
	},
}

var segExceedsDisk = &Rule{
	ID: "seg-location-exceeds-disk", Severity: finding.Warning, Area: Segments,
	Title:  "A segment cache larger than the disk.",
	Why:    "The Coordinator assigns segments up to maxSize, whether there is room or not; tasks and logs may want the same disk.",
	Effect: "No space left on device: the location is passed over, and Failed to load segment in all locations follows.",
	Fix:    "Lower maxSize to 90 % of the disk or less, and druid.server.maxSize with it.",
	Source: "server/src/main/java/org/apache/druid/segment/loading/SegmentLoaderLocalCacheManager.java (tries the next location), 0.14.2",
	Check: func(p *Pass) {
		for _, s := range p.Tree.Services {
			p.exceedsVolumes(s)
		}
		for _, server := range p.servers() {
			machine, ok := p.machine(server)
			if !ok || machine.DiskSpace() == 0 {
				continue
			}
			for _, s := range server.Services {
				list, v, known := p.locations(s)
				sum, sized := total(list)
				if s.Process() == "historical" && known && sized && sum > machine.DiskSpace()/100*95 {
					p.Report(Val(v).Of(s), "the locations may hold %s, and the disk has %s", text.Amount(sum), text.Amount(machine.DiskSpace()))
				}
			}
		}
	},
}
