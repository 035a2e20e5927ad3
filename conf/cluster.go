package conf

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/schema"
)

// ForkPrefix is taken off the keys that a MiddleManager hands to its tasks in
// the place of its own.
const ForkPrefix = "druid.indexer.fork.property."

// ZooKeeperKey names the servers of ZooKeeper.
const ZooKeeperKey = "druid.zk.service.host"

// ZooKeeperPort is where ZooKeeper listens if nothing else is said.
const ZooKeeperPort = 2181

// The roles of servers in Imply's and Druid's templates.
const (
	Master = "master"
	Query  = "query"
	Data   = "data"
)

// serverRole is the kind of server that a process runs on.
func serverRole(process string) string {
	switch process {
	case "coordinator", "coordinator-overlord", "overlord":
		return Master
	case "broker", "router":
		return Query
	case "historical", "middleManager", "indexer", "realtime":
		return Data
	}
	return ""
}

// ServerRole is the kind of server that the process runs on in Imply's and
// Druid's templates.
func (s *Service) ServerRole() string { return serverRole(s.Name) }

// RunsTasks reports whether a process starts tasks as processes of their own: a
// MiddleManager, or an Overlord whose runner is local.
func (s *Service) RunsTasks() bool {
	return s.Name == "middleManager" || s.Plays("overlord") && s.Get("druid.indexer.runner.type").Is("local")
}

// UsesZooKeeper reports whether Druid finds its processes through ZooKeeper;
// with the discovery of Kubernetes or Consul it need not.
func (t *Tree) UsesZooKeeper() bool {
	kind := t.Shared("druid.discovery.type")
	return (!kind.Set || kind.Is("curator")) && !strings.EqualFold(t.Shared("druid.zk.service.enabled").Text, "false")
}

// ZooKeepers are the servers that druid.zk.service.host names; none where it is
// not set, empty or not known.
func (t *Tree) ZooKeepers() []Address {
	v := t.Shared(ZooKeeperKey)
	if !v.Set || !v.Known() {
		return nil
	}
	return Addresses(v.Text, ZooKeeperPort)
}

// MetadataType is druid.metadata.storage.type as the Masters see it.
func (t *Tree) MetadataType() Value {
	return t.Shared("druid.metadata.storage.type", "coordinator", "overlord")
}

// UsesDerby reports whether the metadata store is known to be Derby.
func (t *Tree) UsesDerby() bool { return t.MetadataType().Is("derby") }

// Keeping is what clusters keep in a store that others may use too: the type of the
// store, the keys of the bucket, which HDFS does not have, and of the folder in it.
type Keeping struct{ TypeKey, Kind, Bucket, Folder, What string }

// Keepings are those of every store.
var Keepings = []Keeping{
	{"druid.storage.type", "s3", "druid.storage.bucket", "druid.storage.baseKey", "segments"},
	{"druid.storage.type", "hdfs", "", "druid.storage.storageDirectory", "segments"},
	{"druid.storage.type", "google", "druid.google.bucket", "druid.google.prefix", "segments"},
	{"druid.storage.type", "azure", "druid.azure.container", "druid.azure.prefix", "segments"},
	{"druid.indexer.logs.type", "s3", "druid.indexer.logs.s3Bucket", "druid.indexer.logs.s3Prefix", "task logs"},
	{"druid.indexer.logs.type", "hdfs", "", "druid.indexer.logs.directory", "task logs"},
	{"druid.indexer.logs.type", "google", "druid.indexer.logs.bucket", "druid.indexer.logs.prefix", "task logs"},
	{"druid.indexer.logs.type", "azure", "druid.indexer.logs.container", "druid.indexer.logs.prefix", "task logs"},
}

// The ways to log in to Azure, of which Druid takes one.
const (
	AzureKey       = "druid.azure.key"
	AzureSignature = "druid.azure.sharedAccessStorageToken"
	AzureChain     = "druid.azure.useAzureCredentialsChain"
)

// AzureLogins are those that a release knows.
func AzureLogins(r schema.Release) []string {
	return slices.DeleteFunc([]string{AzureKey, AzureSignature, AzureChain}, func(key string) bool {
		p, ok := schema.Lookup(key)
		return !ok || !p.Releases.Has(r)
	})
}

// AzureEndpoint is the URL of an account's blobs, as this release makes it: up to 28 of
// the protocol, in 29 of endpointSuffix, later of storageAccountEndpointSuffix too, and
// from 36 on with the account in the path for Azurite.
func (t *Tree) AzureEndpoint(account string) string {
	get := func(since schema.Release, key string) string {
		if v := t.Shared(key); t.Target.Release >= since || !t.Told {
			return v.Text
		}
		return ""
	}
	host := "blob.core.windows.net"
	if suffix := get(30, "druid.azure.storageAccountEndpointSuffix"); suffix != "" {
		host = suffix
	}
	if suffix := get(29, "druid.azure.endpointSuffix"); suffix != "" {
		host = "blob." + suffix
	}
	switch protocol := t.Shared("druid.azure.protocol").Text; {
	case get(36, "druid.azure.protocol") == "azurite":
		return "http://" + host + "/" + account
	case t.Target.Release < 29 && protocol != "":
		return protocol + "://" + account + "." + host
	}
	return "https://" + account + "." + host
}
