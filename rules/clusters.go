package rules

import (
	"path"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// Rules about several clusters: each tree claims what it uses for itself alone,
// and Between compares the claims of trees that are given side by side.
func clusterRules() []*Rule {
	return []*Rule{dcNamespace, dcMetadata, dcDeepStorage, tranqBeams, dcDiffers}
}

// claimAt makes a claim for a value.
func (p *Pass) claimAt(v conf.Value, key, what string) Claim {
	at := p.Where(nil, v)
	return Claim{
		Key: key, What: what, tree: p.Tree.Path, property: at.Property,
		at: at.Location(), severity: p.rule.Severity, rule: p.rule,
	}
}

// remoteZooKeepers are the ZooKeeper servers of the cluster that other clusters
// may reach too, and the path that all of Druid's paths start with.
func (p *Pass) remoteZooKeepers() (v conf.Value, hosts []string, chroot string) {
	v = p.shared(conf.ZooKeeperKey)
	if !v.Set || !v.Known() || !p.Tree.UsesZooKeeper() {
		return v, nil, ""
	}
	for _, a := range conf.Remote(p.Tree.ZooKeepers()) {
		hosts = append(hosts, a.String())
	}
	if _, rest, ok := strings.Cut(v.Text, "/"); ok {
		chroot = "/" + rest
	}
	return v, hosts, chroot
}

var dcNamespace = &Rule{
	ID: "dc-shared-zk-namespace", Severity: finding.Error, Area: Clusters,
	Title:  "Two clusters share a place in ZooKeeper.",
	Why:    "Druid's processes find each other below druid.zk.paths.base and, up to 37, below druid.discovery.curator.path, which does not follow the base.",
	Effect: "With one base both become one cluster: each serves and deletes the other's segments. With one discovery path a process may take the other cluster's Overlord or Coordinator for its own.",
	Fix:    "Give each cluster its own druid.zk.paths.base and druid.discovery.curator.path, or a path behind the hosts in druid.zk.service.host.",
	Source: "docs/content/configuration/index.md:208 and server/src/main/java/org/apache/druid/discovery/DruidLeaderClient.java:305, 0.14.2; apache/druid#3022, #9046",
	Claims: func(p *Pass) []Claim {
		v, hosts, chroot := p.remoteZooKeepers()
		base, discovery := p.shared("druid.zk.paths.base"), p.shared("druid.discovery.curator.path")
		var claims []Claim
		for _, host := range hosts {
			if base.Known() {
				where := path.Clean(chroot + "/" + base.Text)
				claims = append(claims, p.claimAt(either(base, v), host+where, "the path "+where+" in ZooKeeper"))
			}
			if discovery.Known() && discovery.Text != "" {
				where := path.Clean(chroot + "/" + discovery.Text)
				names := p.leaderNames()
				claims = append(claims, p.claimAt(either(discovery, v), host+where+" "+names, "the discovery path "+where+" in ZooKeeper"))
			}
		}
		return claims
	},
}

// leaderNames are the names under which Coordinator and Overlord announce
// themselves.
func (p *Pass) leaderNames() string {
	var names []string
	for _, s := range p.Services("coordinator", "overlord") {
		names = append(names, canonical(s.Get("druid.service").Text))
	}
	return strings.Join(names, " ")
}

var dcMetadata = &Rule{
	ID: "dc-shared-metadata", Severity: finding.Error, Area: Clusters,
	Title:  "Two clusters share the tables of one metadata store.",
	Why:    "The tables say which segments and tasks there are; each Coordinator and Overlord believes them to be its own.",
	Effect: "Each cluster loads, merges and deletes the other's segments, and runs its supervisors twice.",
	Fix:    "Give each cluster a database of its own, or its own druid.metadata.storage.tables.base.",
	Source: "core/src/main/java/org/apache/druid/metadata/MetadataStorageTablesConfig.java (base: druid), 0.14.2",
	Claims: func(p *Pass) []Claim {
		uri, base := p.shared(metaURIKey, "coordinator", "overlord"), p.shared("druid.metadata.storage.tables.base", "coordinator", "overlord")
		if !uri.Set || !uri.Known() || !base.Known() {
			return nil
		}
		scheme, rest, ok := strings.Cut(strings.TrimPrefix(uri.Text, "jdbc:"), "://")
		address, _, _ := strings.Cut(rest, "?")
		if !ok || len(conf.Remote(conf.Addresses(address, 0))) == 0 || scheme == "derby" {
			return nil
		}
		return []Claim{p.claimAt(uri, scheme+" "+strings.ToLower(address)+" "+base.Text, "the tables "+base.Text+"_* of "+address)}
	},
}

var dcDeepStorage = &Rule{
	ID: "dc-shared-deep-storage", Severity: finding.Error, Area: Clusters,
	Title:  "Two clusters keep their segments or logs in one place, or one inside the other's.",
	Why:    "Segments lie below the name of their data source, and clusters that delete unused segments and old logs delete whatever is there.",
	Effect: "Equal names overwrite each other, and what one cluster deletes the other loses: Failed to load segment.",
	Fix:    "Give each cluster a bucket or a prefix of its own, none inside the other.",
	Source: "extensions-core/hdfs-storage/.../HdfsDataSegmentKiller.java (killAll) and s3-extensions/.../S3DataSegmentPusherConfig.java, 0.14.2; Imply's deployment guide",
	Claims: func(p *Pass) []Claim {
		deletes := false
		for _, s := range p.Services("coordinator") {
			deletes = deletes || strings.EqualFold(s.Get("druid.coordinator.kill.on").Text, "true")
		}
		var claims []Claim
		for _, store := range conf.Keepings {
			bucket, folder := p.shared(store.Bucket), p.shared(store.Folder)
			if !p.shared(store.TypeKey).Is(store.Kind) || !folder.Set && !bucket.Set || folder.Set && !folder.Known() || bucket.Set && !bucket.Known() {
				continue
			}
			c := p.claimAt(either(folder, bucket), store.Kind+" "+bucket.Text, store.What+" in "+path.Join(bucket.Text, folder.Text))
			c.Path = path.Clean("/" + folder.Text)
			if !deletes {
				c.severity = finding.Warning
			}
			claims = append(claims, c)
		}
		return claims
	},
}

var tranqBeams = &Rule{
	ID: "tranq-beam-path-shared", Severity: finding.Error, Area: Tranquility,
	Title:  "Two clusters' Tranquility shares a path in ZooKeeper.",
	Why:    "Tranquility keeps what it has sent to which task below zookeeper.path, by the name of the data source.",
	Effect: "Events of data sources of one name go to tasks of the other cluster, or nowhere.",
	Fix:    "Give each its own properties.zookeeper.path.",
	Source: "docs/configuration.md of druid-io/tranquility (zookeeper.path: /tranquility/beams)",
	Claims: func(p *Pass) []Claim {
		var claims []Claim
		for _, f := range p.tranquilities() {
			connect, ok := f.Node.Path("properties", "zookeeper.connect")
			if !ok || !p.inUse(f) || syntax.HasPlaceholder(connect.Text) {
				continue
			}
			where, at := "/tranquility/beams", At(f, connect.Span)
			if n, ok := f.Node.Path("properties", "zookeeper.path"); ok {
				where, at = n.Text, At(f, n.Span)
			}
			for _, a := range conf.Remote(conf.Addresses(connect.Text, conf.ZooKeeperPort)) {
				c := p.claimAt(conf.Value{}, a.String()+where, "the path "+where+" of Tranquility")
				c.at, c.property = at.Location(), ""
				claims = append(claims, c)
			}
		}
		return claims
	},
}

var dcDiffers = &Rule{
	ID: "dc-settings-differ", Severity: finding.Info, Area: Clusters,
	Title:  "Clusters side by side that do not read data alike.",
	Why:    "Datacenters that are to take over from each other need the same release, the same extensions and the same time zone.",
	Effect: "None as long as they have nothing to do with each other; else data that one cluster writes the other cannot read.",
	Fix:    "Give them the same release, load list and -Duser.timezone.",
	Source: "Imply's deployment guide (geographically distributed deployment); docs/operations/rolling-updates.md, 38",
	Claims: func(p *Pass) []Claim {
		list := p.shared("druid.extensions.loadList")
		c := p.claimAt(list, "", "")
		c.same = []sameThing{p.releases(), {name: "extensions that read data", value: p.readers(list)}, {name: "time zone", value: p.timeZone()}}
		return []Claim{c}
	},
}

// releases are those that the tree tells, or the user; empty if none is told.
func (p *Pass) releases() sameThing {
	if p.Tree.Older() || !p.Tree.Told {
		return sameThing{name: "release"}
	}
	return sameThing{"release", p.Tree.Possible.String(), p.Tree.Possible}
}

// readers are the loaded extensions that data depends on: those that are no
// storage, metadata, security or emitter. Empty where nobody here has listed any.
func (p *Pass) readers(list conf.Value) string {
	names, ok := list.Strings()
	if !ok {
		return ""
	}
	if list.Stock() {
		return ""
	}
	var kept []string
	for _, name := range []string{
		"druid-avro-extensions", "druid-bloom-filter", "druid-datasketches", "druid-histogram", "druid-kafka-indexing-service",
		"druid-kinesis-indexing-service", "druid-lookups-cached-global", "druid-orc-extensions", "druid-parquet-extensions",
		"druid-parser-route", "druid-protobuf-extensions", "druid-stats", "druid-multi-stage-query",
	} {
		for _, loaded := range names {
			if known, ok := schema.LookupExtension(loaded); ok && known.Name == name {
				kept = append(kept, name)
				break
			}
		}
	}
	return strings.Join(kept, ", ")
}

// timeZone is the one of the first process that says.
func (p *Pass) timeZone() string {
	for _, j := range p.druids() {
		if f, ok := j.property("user.timezone"); ok {
			return f.Value
		}
	}
	return ""
}
