package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

func deepStorageRules() []*Rule {
	return []*Rule{
		dsLocalCluster, dsLocalTmp, dsLocalRelative, dsS3Bucket, dsS3BucketText, dsS3HalfCredentials, dsS3Endpoint,
		dsHDFSDir, dsHDFSLoaded, dsHDFSCoreSite, dsHDFSNameservice, dsCloudKeys,
	}
}

const (
	storageTypeKey = "druid.storage.type"
	storageDirKey  = "druid.storage.storageDirectory"
)

// storers are the processes that write or read deep storage, or one that stands in
// for them.
func (p *Pass) storers() []*conf.Service { return p.orStandIn(storerRoles, storageTypeKey) }

// doubtfulStore makes a warning of what the files of other processes may set.
func doubtfulStore(s *conf.Service, f *finding.Finding) {
	if standsIn(s, storerRoles) {
		f.Severity = min(f.Severity, finding.Warning)
	}
}

// storedIn are the shared settings of a tree that has a shared file and no
// process, if they name one of the types of deep storage.
func (p *Pass) storedIn(kind string) (dir, storage conf.Value, ok bool) {
	dir, storage = p.Tree.Get(storageDirKey), p.Tree.Get(storageTypeKey)
	return dir, storage, len(p.Tree.Services) == 0 && p.Tree.Common != nil && storage.Set && storage.Is(kind)
}

// stores are the processes whose deep storage is of one of the types.
func (p *Pass) stores(types ...string) []*conf.Service {
	var list []*conf.Service
	for _, s := range p.storers() {
		if v := s.Get(storageTypeKey); v.Known() && slices.Contains(types, v.Text) {
			list = append(list, s)
		}
	}
	return list
}

// missing reports whether a setting, known to the letter, says nothing.
func missing(v conf.Value) bool { return v.Absent() || v.Set && v.Known() && v.Text == "" }

// hasTaskProperty reports whether a MiddleManager sets a key for its tasks.
func hasTaskProperty(s *conf.Service, key string) bool { return s.Get(conf.ForkPrefix + key).Set }

var dsLocalCluster = &Rule{
	ID: "ds-local-in-cluster", Severity: finding.Info, Area: DeepStorage,
	Title:    "The deep storage of a cluster is a local folder.",
	Why:      "Tasks write segments into the folder on their own server, and Historicals on other servers look for them in theirs.",
	Effect:   "Ingestion succeeds, and Historicals elsewhere fail to load: SegmentLoadingException, ... does not exist. Segments are lost with the server. A network mount on every server is fine.",
	Fix:      "Use S3, HDFS, Azure or Google storage, or mount one network folder at the same path on every server.",
	Source:   "server/src/main/java/org/apache/druid/segment/loading/LocalDataSegmentPusher.java, 0.14.2; docs/dependencies/deep-storage.md:31",
	DefersTo: []string{"ds-local-dir-default-tmp"},
	Check: func(p *Pass) {
		if !p.Deployment.Cluster() || !p.configuresDruid() || len(p.storedApart()) > 0 {
			return // or ctr-storage-not-shared says so, for certain
		}
		for _, s := range p.stores("local") {
			dir, kind := s.Get(storageDirKey), s.Get(storageTypeKey)
			if missing(dir) || !dir.Known() || !path.IsAbs(dir.Text) || inTmp(dir.Text) || looksMounted(dir.Text) || p.Tree.Mounted(dir.Text) {
				continue
			}
			f := p.Report(p.Where(s, kind), "deep storage is the local folder %s, which must be a network mount on all servers", dir.Text)
			if ofServer(dir.Text) {
				f.Severity = finding.Warning
			}
			relate(f, Val(dir), "the folder")
		}
	},
}

// ofServer reports whether a folder lies where each server has its own system and
// programs, and where hardly anybody mounts another's disk.
func ofServer(dir string) bool {
	return slices.ContainsFunc([]string{"/opt/", "/var/", "/tmp/", "/usr/", "/home/", "/root/", "/srv/"}, func(top string) bool {
		return strings.HasPrefix(dir, top)
	})
}

// looksMounted reports whether a folder's name says that it is a network mount.
func looksMounted(dir string) bool {
	dir = strings.ToLower(dir)
	return slices.ContainsFunc([]string{"nfs", "efs", "shared", "mount", "gluster", "ceph", "netapp", "nas", "gcsfuse", "s3fs"}, func(mark string) bool {
		return strings.Contains(dir, mark)
	})
}

var dsLocalTmp = &Rule{
	ID: "ds-local-dir-default-tmp", Severity: finding.Error, Area: DeepStorage,
	Title:  "Local deep storage in /tmp, as it is without a folder.",
	Why:    "/tmp, and the default /tmp/druid/localStorage with it, is emptied by reboots and by what cleans it.",
	Effect: "All data is lost later. No message says so.",
	Fix:    "Set druid.storage.storageDirectory to a folder on a disk that lasts.",
	Source: "server/src/main/java/org/apache/druid/segment/loading/LocalDataSegmentPusherConfig.java:31, 0.14.2 and 38",
	Check: func(p *Pass) {
		if dir, kind, ok := p.storedIn("local"); ok && dir.Absent() {
			f := p.Report(Val(kind), "deep storage is in /tmp/druid/localStorage")
			f.Severity = finding.Warning // the files of the processes are not there
		} else if ok {
			p.storedInTmp(dir)
		}
		if !p.configuresDruid() {
			return
		}
		for _, s := range p.stores("local") {
			kind, dir := s.Get(storageTypeKey), s.Get(storageDirKey)
			if p.storedInTmp(dir); dir.Set || hasTaskProperty(s, storageDirKey) || s.Common != nil {
				continue // common-file-shadowed says why it is not set
			}
			f := p.Report(p.Where(s, kind).Of(nil), "deep storage is in /tmp/druid/localStorage")
			if !kind.Set {
				f.Severity = finding.Warning // it may come from elsewhere
				f.Message = "no deep storage is set, so it is in /tmp/druid/localStorage"
			}
		}
	},
}

// storedInTmp reports a folder that somebody has put into /tmp, perhaps to try Druid out.
func (p *Pass) storedInTmp(dir conf.Value) {
	if dir.Set && dir.Known() && inTmp(dir.Text) && !p.Tree.Mounted(dir.Text) {
		f := p.Report(Val(dir), "deep storage is in %s", dir.Text)
		f.Severity = finding.Warning
	}
}

func inTmp(dir string) bool { return nested(dir, "/tmp") && path.Clean(dir) != "/" }

var dsLocalRelative = &Rule{
	ID: "ds-local-dir-relative", Severity: finding.Warning, Area: DeepStorage,
	Title:  "The deep storage of a cluster is a local folder with a relative path.",
	Why:    "Each process resolves the path against the folder it was started in, on its own server, and writes the absolute one into the segment's metadata.",
	Effect: "Historicals on other servers fail to load what tasks have written: SegmentLoadingException, ... does not exist. Segments are lost with the server.",
	Fix:    "Use S3, HDFS, Azure or Google storage, or the absolute path of a network mount that all servers have.",
	Source: "server/src/main/java/org/apache/druid/segment/loading/LocalDataSegmentPusher.java:63 (File.toURI), 0.14.2; docs/dependencies/deep-storage.md:31",
	Check: func(p *Pass) {
		if !p.Deployment.Cluster() {
			return
		}
		if dir, kind, ok := p.storedIn("local"); ok {
			p.relativeStorage(dir, Val(kind))
		}
		if !p.configuresDruid() {
			return
		}
		for _, s := range p.stores("local") {
			p.relativeStorage(s.Get(storageDirKey), p.Where(s, s.Get(storageTypeKey)))
		}
	},
}

func (p *Pass) relativeStorage(dir conf.Value, kind Place) {
	if missing(dir) || !dir.Known() || path.IsAbs(dir.Text) || strings.Contains(dir.Text, ":") || p.Tree.Mounted(dir.Text) || p.shareStorage() {
		return
	}
	f := p.Report(Val(dir), "deep storage is the folder %s of each server, which others do not see", dir.Text)
	relate(f, kind, "the type")
}

// shareStorage reports whether the containers of all tasks and Historicals have one volume
// on their local deep storage.
func (p *Pass) shareStorage() bool {
	writers, readers := p.Services("middleManager", "indexer"), p.Services("historical")
	for _, w := range writers {
		for _, r := range readers {
			from, ok := folderIn(w, storageTypeKey, "local", storageDirKey)
			to, also := folderIn(r, storageTypeKey, "local", storageDirKey)
			if !ok || !also || from != to {
				return false
			}
		}
	}
	return len(writers) > 0 && len(readers) > 0
}

var dsS3Bucket = &Rule{
	ID: "ds-s3-bucket-missing", Severity: finding.Error, Area: DeepStorage,
	Title:    "Deep storage in S3 without a bucket.",
	Why:      "The bucket's default is the empty name, which Druid does not check.",
	Effect:   "Every process starts, and every task fails when it pushes its first segment.",
	Fix:      "Set druid.storage.bucket.",
	Source:   "extensions-core/s3-extensions/src/main/java/org/apache/druid/storage/s3/S3DataSegmentPusherConfig.java:31, 0.14.2",
	DefersTo: []string{"ext-storage-not-loaded"},
	Check: func(p *Pass) {
		for _, s := range p.stores("s3", "s3_zip") {
			if missing(s.Get("druid.storage.bucket")) && !hasTaskProperty(s, "druid.storage.bucket") && s.Name != "historical" {
				doubtfulStore(s, p.Report(p.Where(s, s.Get(storageTypeKey)).Of(nil), "deep storage is S3, and druid.storage.bucket is not set"))
			}
		}
	},
}

var dsS3BucketText = &Rule{
	ID: "ds-s3-bucket-has-scheme", Severity: finding.Error, Area: DeepStorage,
	Title:  "An S3 bucket written as an address or a path.",
	Why:    "druid.storage.bucket and druid.indexer.logs.s3Bucket take the bare name; a folder in it belongs into baseKey or s3Prefix.",
	Effect: "Every push fails: The specified bucket is not valid.",
	Fix:    "Write the name alone, and the folder in druid.storage.baseKey or druid.indexer.logs.s3Prefix.",
	Source: "S3DataSegmentPusher.java and S3TaskLogs.java hand the text to the SDK as it is, 0.14.2; apache/druid#12087",
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			switch {
			case s.Key != "druid.storage.bucket" && s.Key != "druid.storage.archiveBucket" && s.Key != "druid.indexer.logs.s3Bucket",
				!s.Known(), !strings.ContainsAny(s.Text, "/: \t"):
				continue
			}
			f := p.Report(Val(s.Value), "%q is not the name of a bucket", s.Text)
			_, rest, ok := strings.Cut(s.Text, "://")
			if name, folder, _ := strings.Cut(strings.Trim(rest, "/"), "/"); ok && name != "" {
				f.Suggestion = name
				f.Help = "Write " + name + "."
				if folder != "" {
					f.Help = "Write " + name + ", and " + folder + " in druid.storage.baseKey or druid.indexer.logs.s3Prefix."
				} else {
					f.Fix = editValue(true, s.Value, name)
				}
			}
		}
	},
}

var dsS3HalfCredentials = &Rule{
	ID: "ds-s3-half-credentials", Severity: finding.Warning, Area: DeepStorage,
	Title:  "One half of an S3 key.",
	Why:    "Druid takes the pair or nothing, and goes on to look in the environment and the instance's role.",
	Effect: "The half is ignored; without other credentials: Unable to load AWS credentials from any provider in the chain.",
	Fix:    "Set both druid.s3.accessKey and druid.s3.secretKey, or neither.",
	Source: "extensions-core/s3-extensions and aws-common: ConfigDrivenAwsCredentialsConfigProvider.java:43, 0.14.2",
	Check: func(p *Pass) {
		for _, s := range p.stores("s3", "s3_zip") {
			access, secret := s.Get("druid.s3.accessKey"), s.Get("druid.s3.secretKey")
			switch {
			case !missing(access) && missing(secret):
				p.Report(Key(access), "druid.s3.accessKey is set and druid.s3.secretKey is not")
			case missing(access) && !missing(secret):
				p.Report(Key(secret), "druid.s3.secretKey is set and druid.s3.accessKey is not")
			}
		}
	},
}

var dsS3Endpoint = &Rule{
	ID: "ds-s3-endpoint-without-region", Severity: finding.Info, Area: DeepStorage, Releases: schema.Range{From: 13},
	Title:  "An S3 endpoint without the region to sign requests for.",
	Why:    "The SDK guesses the region from the endpoint's name, which fails for stores other than AWS.",
	Effect: "Some stores refuse the requests: The authorization header is malformed; the region ... is wrong.",
	Fix:    "Set druid.s3.endpoint.signingRegion, and for most other stores druid.s3.enablePathStyleAccess=true.",
	Source: "extensions-core/s3-extensions/src/main/java/org/apache/druid/storage/s3/S3StorageDruidModule.java:122, 0.14.2",
	Check: func(p *Pass) {
		for _, s := range p.stores("s3", "s3_zip") {
			endpoint := s.Get("druid.s3.endpoint.url")
			if !missing(endpoint) && endpoint.Known() && missing(s.Get("druid.s3.endpoint.signingRegion")) {
				p.Report(Val(endpoint), "druid.s3.endpoint.signingRegion is not set")
			}
		}
	},
}

var dsHDFSDir = &Rule{
	ID: "ds-hdfs-dir-missing", Severity: finding.Error, Area: DeepStorage,
	Title:    "Deep storage in HDFS without a folder.",
	Why:      "The folder's default is the empty path, which Hadoop refuses.",
	Effect:   "Every task stops: java.lang.IllegalArgumentException: Can not create a Path from an empty string.",
	Fix:      "Set druid.storage.storageDirectory, as in hdfs://namenode:8020/druid/segments.",
	Source:   "extensions-core/hdfs-storage/src/main/java/org/apache/druid/storage/hdfs/HdfsDataSegmentPusher.java:69, 0.14.2",
	DefersTo: []string{"ext-storage-not-loaded"},
	Check: func(p *Pass) {
		for _, s := range p.stores("hdfs") {
			if missing(s.Get(storageDirKey)) && !hasTaskProperty(s, storageDirKey) && s.Name != "historical" {
				doubtfulStore(s, p.Report(p.Where(s, s.Get(storageTypeKey)).Of(nil), "deep storage is HDFS, and druid.storage.storageDirectory is not set"))
			}
		}
	},
}

var dsHDFSLoaded = &Rule{
	ID: "ds-hdfs-loaded-but-dir-unset", Severity: finding.Error, Area: DeepStorage, Releases: schema.Range{Until: 17},
	Title:  "The HDFS extension is loaded without a folder, whatever deep storage is used.",
	Why:    "Up to 0.17 each task builds the cleaners of all stores that are loaded, and HDFS's needs its folder.",
	Effect: "Every task stops at start: java.lang.IllegalArgumentException: Can not create a Path from an empty string.",
	Fix:    "Remove druid-hdfs-storage from the load list, or set druid.storage.storageDirectory.",
	Source: "extensions-core/hdfs-storage/src/main/java/org/apache/druid/storage/hdfs/HdfsDataSegmentKiller.java:49, 0.12.3 to 0.17.1; fixed in 0.18; apache/druid#4694",
	Check: func(p *Pass) {
		for _, s := range p.orStandIn(workerRoles, loadListKey) {
			names, list, known := loaded(s)
			if !known || !slices.Contains(names, "druid-hdfs-storage") || s.Get(storageTypeKey).Is("hdfs") || hasTaskProperty(s, loadListKey) {
				continue
			}
			if !missing(s.Get(storageDirKey)) || hasTaskProperty(s, storageDirKey) {
				continue
			}
			p.Report(Val(list), "druid-hdfs-storage is loaded, and druid.storage.storageDirectory is not set")
		}
	},
}

var dsHDFSCoreSite = &Rule{
	ID: "ds-hdfs-no-core-site", Severity: finding.Info, Area: DeepStorage,
	Title:  "HDFS without the name of a namenode, and without Hadoop's core-site.xml.",
	Why:    "A path without hdfs://host goes to fs.defaultFS, and without core-site.xml that is the local disk.",
	Effect: "Segments or logs are written to the local disk of each server, and ingestion seems to succeed.",
	Fix:    "Put Hadoop's core-site.xml and hdfs-site.xml into _common, or write hdfs://host:port/path.",
	Source: "HdfsDataSegmentPusher.java:75 (makeQualified) and HdfsStorageDruidModule.java:107, 0.14.2; apache/druid#3402",
	Check: func(p *Pass) {
		if len(p.hadoopFiles("core-site.xml")) > 0 || !p.configuresDruid() || p.Tree.Running() {
			return
		}
		var first *finding.Finding
		for _, dir := range p.withoutNamenode() {
			if first != nil {
				relate(first, Val(dir), "%s, too", dir.Key)
				continue
			}
			first = p.Report(Val(dir), "%s names no namenode, and the tree has no core-site.xml; it must be on the class path from elsewhere", dir.Key)
		}
	},
}

// withoutNamenode are the folders in HDFS that name none, each once.
func (p *Pass) withoutNamenode() (list []conf.Value) {
	for _, keys := range [][2]string{{storageTypeKey, storageDirKey}, {logsTypeKey, "druid.indexer.logs.directory"}} {
		for _, s := range p.storers() {
			dir := s.Get(keys[1])
			if !s.Get(keys[0]).Is("hdfs") || missing(dir) || !dir.Known() || strings.Contains(dir.Text, "://") && !strings.Contains(dir.Text, ":///") {
				continue
			}
			if !slices.ContainsFunc(list, func(v conf.Value) bool { return v.File == dir.File && v.Span == dir.Span }) {
				list = append(list, dir)
			}
		}
	}
	return list
}

// hadoopFiles are the tree's Hadoop files of one name.
func (p *Pass) hadoopFiles(name string) []*conf.File {
	return slices.DeleteFunc(p.Files(conf.HadoopXML), func(f *conf.File) bool { return f.Base() != name })
}

var dsHDFSNameservice = &Rule{
	ID: "ds-hdfs-only-core-site-ha", Severity: finding.Warning, Area: DeepStorage,
	Title:  "core-site.xml names a nameservice that hdfs-site.xml does not explain.",
	Why:    "The name of a highly available HDFS is not a host; hdfs-site.xml lists its namenodes.",
	Effect: "java.lang.IllegalArgumentException: java.net.UnknownHostException: <nameservice>, in each task and Historical.",
	Fix:    "Put the Hadoop cluster's own hdfs-site.xml next to core-site.xml.",
	Source: "docs/operations/other-hadoop.md, 0.14.2 (all four files on the class path); Hadoop's NameNodeProxies",
	Check: func(p *Pass) {
		for _, core := range p.hadoopFiles("core-site.xml") {
			fs, at, ok := hadoopProperty(core, "fs.defaultFS", "fs.default.name")
			authority, isHDFS := strings.CutPrefix(fs, "hdfs://")
			authority, _, _ = strings.Cut(authority, "/")
			if !ok || !isHDFS || authority == "" || strings.ContainsAny(authority, ".:") || syntax.HasPlaceholder(fs) {
				continue
			}
			sites := p.hadoopFiles("hdfs-site.xml")
			if len(sites) == 0 || slices.ContainsFunc(sites, func(f *conf.File) bool {
				services, _, _ := hadoopProperty(f, "dfs.nameservices")
				return slices.Contains(strings.Split(strings.ReplaceAll(services, " ", ""), ","), authority)
			}) {
				continue // without hdfs-site.xml it is as likely a host
			}
			p.Report(At(core, at), "%s has no port, so it is not a namenode's address, and dfs.nameservices in hdfs-site.xml does not list it", authority)
		}
	},
}

// hadoopProperty is the value of the first of some properties that a Hadoop
// file sets, and its place.
func hadoopProperty(f *conf.File, names ...string) (string, syntax.Span, bool) {
	for _, property := range syntax.HadoopProperties(f.XML) {
		if slices.Contains(names, property.Name) {
			return property.Value, property.Span, true
		}
	}
	return "", syntax.Span{}, false
}
