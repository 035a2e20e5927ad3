package rules

import (
	"fmt"
	"strings"
	"time"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

func cacheRules() []*Rule {
	return []*Rule{cacheHosts, cacheBothSides, cacheLocalZero, cacheLevels, cacheUnlimited}
}

var cacheHosts = &Rule{
	ID: "thr-cache-external-hosts", Severity: finding.Error, Area: Threads,
	Title:  "A memcached cache without hosts, or with an expiry that memcached reads as a date.",
	Why:    "memcached has no default place, and takes more than 30 days of expiry for a point in time.",
	Effect: "druid.cache.hosts - may not be null (0.12: NoSuchFieldException: host), and the process does not start.",
	Fix:    "Set druid.cache.hosts to host:port pairs.",
	Source: "server/src/main/java/org/apache/druid/client/cache/MemcachedCacheConfig.java:30, 0.14.2; run on Imply 2.7.8",
	Check: func(p *Pass) {
		for _, s := range p.Tree.Services {
			kind := s.Get("druid.cache.type")
			if !kind.Set || s.Process() != "historical" && s.Process() != "broker" && s.Process() != "middleManager" {
				continue
			}
			for _, prefix := range memcachedPrefixes(kind.Text, func(key string) bool { return s.Get(key).Is("memcached") }) {
				if hosts := s.Get(prefix + "hosts"); hosts.Absent() || hosts.Set && hosts.Text == "" {
					p.Report(Val(kind), "%shosts is not set, and the cache is kept in memcached", prefix)
				}
				if expiry := s.Get(prefix + "expiration"); expiry.Known() {
					p.expiresOn(expiry)
				}
			}
		}
	},
}

// expiresOn reports an expiry that memcached reads as a date, if that is long past. One
// far ahead, such as 2147483647, works until it comes.
func (p *Pass) expiresOn(expiry conf.Value) {
	const month, longPast = 30 * 24 * 3600, 1_600_000_000
	n, ok := expiry.Int64()
	if !ok || n <= month || n > longPast {
		return
	}
	f := p.Report(Val(expiry), "%s is %d, and memcached takes more than %d seconds for a date: %s", expiry.Key, n, month, time.Unix(n, 0).UTC().Format(time.DateOnly))
	f.Severity = finding.Warning
	f.Effect = "Each entry has expired when it is written, so nothing is cached. Druid does not say so."
	f.Help = fmt.Sprintf("Write at most %d, which is 30 days.", month)
}

// memcachedPrefixes are the prefixes under which memcached is configured: that
// of the cache itself, or of the levels of a hybrid one.
func memcachedPrefixes(kind string, is func(key string) bool) []string {
	switch kind {
	case "memcached":
		return []string{"druid.cache."}
	case "hybrid":
		var prefixes []string
		for _, level := range []string{"druid.cache.l1.", "druid.cache.l2."} {
			if is(strings.TrimSuffix(level, ".") + ".type") {
				prefixes = append(prefixes, level)
			}
		}
		return prefixes
	}
	return nil
}

// cacheSwitch reads one of the switches druid.<process>.cache.<name>.
func cacheSwitch(s *conf.Service, name string) (on bool, v conf.Value) {
	v = s.Get("druid." + s.Process() + ".cache." + name)
	return v.Known() && strings.EqualFold(v.Text, "true"), v
}

var cacheBothSides = &Rule{
	ID: "thr-cache-both-sides", Severity: finding.Warning, Area: Threads,
	Title:  "Results of segments are cached on Broker and Historical both, or only half of a cache is on.",
	Why:    "A Broker with a segment cache merges all results itself, which Historicals would do; a cache that is filled and not read, or read and not filled, is work for nothing.",
	Effect: "A cache without hits.",
	Fix:    "Set useCache and populateCache of the process both to true, or both to false.",
	Source: "docs/content/querying/caching.md, 0.14.2; CacheConfig.java (both default to false)",
	Check: func(p *Pass) {
		for _, s := range p.Services("historical", "broker") {
			use, useValue := cacheSwitch(s, "useCache")
			populate, populateValue := cacheSwitch(s, "populateCache")
			switch {
			case !useValue.Known() || !populateValue.Known():
			case use && !populate && onHeap(s.Get("druid.cache.type")): // another process may fill a shared one
				p.Report(Val(useValue).Of(s), "the %s reads a cache that it never fills", s.Name)
			case populate && !use && onHeap(s.Get("druid.cache.type")): // another process may read a shared one
				p.Report(Val(populateValue).Of(s), "the %s fills a cache that it never reads", s.Name)
			}
		}
		broker, historical := p.Tree.Service("broker"), p.Tree.Service("historical")
		if broker == nil || historical == nil {
			return
		}
		on, v := cacheSwitch(broker, "useCache")
		other, data := cacheSwitch(historical, "useCache")
		if on && other && onHeap(broker.Get("druid.cache.type")) {
			f := p.Report(Val(v).Of(broker), "Broker and Historical both cache results of segments")
			f.Severity = finding.Info
			f.Effect = "Twice the memory for the same results, and more work for the Broker, which then merges them all itself."
			f.Help = "Cache on Historicals only: druid.broker.cache.useCache=false and populateCache=false."
			relate(f, Val(data), "the Historical's cache")
		}
	},
}

// onHeap reports whether a kind of cache is a process's own.
func onHeap(kind conf.Value) bool {
	return kind.Absent() || kind.Is("caffeine") || kind.Is("local")
}

var cacheLocalZero = &Rule{
	ID: "thr-cache-local-zero", Severity: finding.Warning, Area: Threads,
	Title:  "A local cache of size 0.",
	Why:    "druid.cache.sizeInBytes of the local cache is 0 unless it is set; the caffeine cache takes a share of the heap.",
	Effect: "Nothing is cached. Druid does not say so.",
	Fix:    "Write druid.cache.type=caffeine, or set druid.cache.sizeInBytes.",
	Source: "server/src/main/java/org/apache/druid/client/cache/LocalCacheProvider.java:34, 0.14.2 and 38",
	Check: func(p *Pass) {
		for _, s := range p.Services("historical", "broker") {
			kind, size := s.Get("druid.cache.type"), s.Get("druid.cache.sizeInBytes")
			n, ok := size.Int64()
			if !kind.Set || !kind.Is("local") || !size.Absent() && (!ok || n > 0) {
				continue
			}
			for _, name := range []string{"useCache", "useResultLevelCache"} {
				if on, _ := cacheSwitch(s, name); on {
					f := p.Report(Val(kind), "the local cache has no druid.cache.sizeInBytes, and so holds nothing")
					f.Suggestion = "caffeine"
					f.Fix = editValue(false, kind, "caffeine")
					break
				}
			}
		}
	},
}

var cacheLevels = &Rule{
	ID: "thr-cache-levels-unused", Severity: finding.Warning, Area: Threads,
	Title:  "Two levels of a cache that has one.",
	Why:    "druid.cache.l1.* and l2.* are read when druid.cache.type=hybrid.",
	Effect: "The process silently uses the default cache, on its heap.",
	Fix:    "Set druid.cache.type=hybrid, or write the settings without l1 and l2.",
	Source: "server/src/main/java/org/apache/druid/client/cache/HybridCacheProvider.java and CacheModule.java, 0.14.2; run on Imply 2.7.8 (nonsense in l1.* starts)",
	Check: func(p *Pass) {
		for _, s := range p.Services("historical", "broker", "middleManager", "indexer") {
			kind := s.Get("druid.cache.type")
			if kind.Is("hybrid") || kind.Set && !kind.Known() {
				continue
			}
			for _, key := range s.Keys() {
				if strings.HasPrefix(key, "druid.cache.l1.") || strings.HasPrefix(key, "druid.cache.l2.") {
					p.Report(Key(s.Get(key)), "druid.cache.type is %s, so nothing reads %s", textOr(kind, "not set"), key)
					break
				}
			}
		}
	},
}

var cacheUnlimited = &Rule{
	ID: "thr-cache-without-limit", Severity: finding.Warning, Area: Threads, Releases: schema.Range{Until: 12},
	Title:  "A cache on the heap that nothing limits.",
	Why:    "Up to 0.12 caffeine holds results without limit unless druid.cache.sizeInBytes says one; from 0.13 on it takes a tenth of the heap at most.",
	Effect: "The cache grows until the process spends its time collecting garbage, or stops: OutOfMemoryError: Java heap space.",
	Fix:    "Set druid.cache.sizeInBytes, to a tenth of the heap for a start.",
	Source: "server/src/main/java/io/druid/client/cache/CaffeineCache.java:71 and CaffeineCacheConfig.java:31, 0.12.3; apache/druid#3256",
	Check: func(p *Pass) {
		for _, s := range p.Services("broker", "historical") {
			kind, size := s.Get("druid.cache.type"), s.Get("druid.cache.sizeInBytes")
			if kind.Is("caffeine") && !size.Set && !s.Silent(size.Key) && s.Get("druid."+s.Name+".cache.populateCache").Is("true") {
				p.Report(p.Where(s, kind), "the %s keeps results in caffeine without limit", s.Name)
			}
		}
	},
}
