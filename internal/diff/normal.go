package diff

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/effective"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// normal is the same for all texts that mean the same: effective.Normal, and
// what is only understood here.
func normal(key, text string, r schema.Release) string {
	key = strings.TrimPrefix(key, conf.ForkPrefix)
	switch key {
	case "druid.zk.service.host":
		// The client tries the servers in an order of its own: StaticHostProvider
		// shuffles them.
		return hosts(text)
	case "druid.indexer.runner.javaOpts":
		return options(syntax.SplitJavaOpts(text))
	case "druid.indexer.runner.javaOptsArray":
		if node, _, err := syntax.ParseJSONPrefix([]byte(text)); err == nil {
			if words, ok := node.Strings(); ok {
				return options(words)
			}
		}
	}
	return effective.Normal(key, text, r)
}

// hosts sorts host:port,host:port/path.
func hosts(text string) string {
	servers, path, _ := strings.Cut(text, "/")
	list := strings.Split(servers, ",")
	for i, host := range list {
		list[i] = strings.TrimSpace(host)
	}
	slices.Sort(list)
	return strings.Join(list, ",") + "/" + path
}

// options are arguments of java as far as they count.
func options(texts []string) string {
	words := make([]syntax.Word, len(texts))
	for i, text := range texts {
		words[i].Text = text
	}
	last := lastFlags(syntax.ParseFlags(words), true)
	list := make([]string, 0, len(last))
	for id, f := range last {
		list = append(list, id+"="+flagNormal(f))
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}
