package rules

import (
	"strings"

	"github.com/implycheck/implycheck/finding"
)

var cacheRules = []*Rule{cacheHosts}

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
				if hosts := s.Get(prefix + "hosts"); !hosts.Set || hosts.Text == "" {
					p.Report(Val(kind), "%shosts is not set, and the cache is kept in memcached", prefix)
				}
				if days, ok := s.Get(prefix + "expiration").Int64(); ok && days > 2592000 {
					f := p.Report(Val(s.Get(prefix+"expiration")), "memcached takes more than 2592000 seconds for a date in the past")
					f.Severity = finding.Warning
				}
			}
		}
	},
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
