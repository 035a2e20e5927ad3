package ports

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
)

// hadoopAddresses are the addresses in Hadoop's files that Druid's processes
// connect to. A key that ends in * has the name of a nameservice and a node
// behind it. The ports are the defaults of Hadoop 2 and 3.
var hadoopAddresses = []struct {
	key, process string
	port         int64
	tasks        bool // only tasks of Hadoop use it
}{
	{"fs.defaultFS", "HDFS namenode", 8020, false},
	{"fs.default.name", "HDFS namenode", 8020, false},
	{"dfs.namenode.rpc-address*", "HDFS namenode", 8020, false},
	{"yarn.resourcemanager.address*", "YARN resource manager", 8032, true},
	{"yarn.resourcemanager.hostname*", "YARN resource manager", 8032, true},
	{"mapreduce.jobhistory.address", "MapReduce job history", 10020, true},
}

// hadoopNeeds are HDFS and YARN, from Hadoop's XML files and the folders that
// Druid is given.
func hadoopNeeds(t *conf.Tree) []need {
	properties := hadoopProperties(t)
	segments := t.Shared("druid.storage.type").Is("hdfs")
	logs := t.Shared("druid.indexer.logs.type").Is("hdfs")
	from := []string{Data}
	if logs {
		from = []string{Master, Data} // The Overlord reads the logs.
	}
	var list []need
	for _, use := range []struct {
		hdfs bool
		key  string
	}{{segments, "druid.storage.storageDirectory"}, {logs, "druid.indexer.logs.directory"}} {
		v := t.Shared(use.key)
		if use.hdfs && v.Known() && strings.HasPrefix(v.Text, "hdfs://") {
			list = append(list, need{process: "HDFS namenode", purpose: "HDFS", at: logical(conf.URLAddresses(v.Text, 8020), properties), from: from, value: v})
		}
	}
	for _, p := range properties {
		for _, a := range hadoopAddresses {
			if prefix, open := strings.CutSuffix(a.key, "*"); p.Name != a.key && (!open || p.Name != prefix && !strings.HasPrefix(p.Name, prefix+".")) {
				continue
			}
			n := need{process: a.process, purpose: "HDFS", at: conf.Addresses(p.Value, a.port), from: from, place: p.place}
			if scheme, _, isURL := strings.Cut(p.Value, "://"); isURL {
				if scheme != "hdfs" {
					continue // file:///, s3a://bucket
				}
				n.at = logical(conf.URLAddresses(p.Value, a.port), properties)
			}
			if a.tasks {
				n.purpose, n.from = "Hadoop tasks", []string{Data}
			}
			list = append(list, n)
		}
	}
	if segments || logs || len(list) > 0 {
		list = append(list, datanodes(properties, from))
	}
	return list
}

// hadoopProperty is one of Hadoop's with its place.
type hadoopProperty struct {
	syntax.HadoopProperty
	place conf.Place
}

func hadoopProperties(t *conf.Tree) []hadoopProperty {
	var list []hadoopProperty
	for _, f := range t.Readable(conf.HadoopXML) {
		for _, p := range syntax.HadoopProperties(f.XML) {
			p.Value = strings.TrimSpace(p.Value)
			if p.Value != "" && !strings.Contains(p.Value, "${") {
				list = append(list, hadoopProperty{p, place(f, p.Span, p.Name, nil)})
			}
		}
	}
	return list
}

// logical leaves out the names of nameservices, which are no hosts: hdfs-site
// says what they stand for.
func logical(list []conf.Address, properties []hadoopProperty) []conf.Address {
	return slices.DeleteFunc(list, func(a conf.Address) bool {
		return slices.ContainsFunc(properties, func(p hadoopProperty) bool {
			return p.Name == "dfs.nameservices" && slices.Contains(strings.Split(strings.ToLower(p.Value), ","), a.Host)
		})
	})
}

// datanodes are every datanode of HDFS: the files say at most the port. It is
// 9866 in Hadoop 3 and 50010 in Hadoop 2.
func datanodes(properties []hadoopProperty, from []string) need {
	n := need{process: "HDFS datanodes", purpose: "HDFS", at: []conf.Address{{Port: 9866}, {Port: 50010}}, from: from}
	for _, p := range properties {
		if p.Name != "dfs.datanode.address" {
			continue
		}
		if a, ok := conf.ParseAddress(p.Value, 9866); ok {
			n.at, n.place = []conf.Address{{Port: a.Port}}, p.place
		}
	}
	return n
}
