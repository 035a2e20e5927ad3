package form

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
)

// stackFiles are the types of configuration of the service DRUID, in files of their own.
var stackFiles = []string{"druid-common", "druid-env", "druid-broker", "druid-coordinator", "druid-historical", "druid-middlemanager", "druid-overlord", "druid-router"}

// advised are the properties that the stack advisor of HDP sets when the service is
// installed, and those that the wizard asks for: what the file has is not what runs.
var advised = []string{
	"druid.zk.service.host", "druid.metadata.storage.connector.connectURI", "druid.metadata.storage.type", "druid.metadata.storage.connector.user",
	"druid.storage.type", "druid.storage.storageDirectory", "druid.indexer.logs.type", "druid.indexer.logs.directory", "druid.extensions.loadList",
	"druid.processing.numThreads", "druid.server.http.numThreads", "druid.processing.numMergeBuffers", "druid.processing.buffer.sizeBytes",
}

func isStackFile(file string) bool {
	name, ok := strings.CutSuffix(path.Base(file), ".xml")
	return ok && slices.Contains(stackFiles, name)
}

// isStack reports whether an XML file has properties.
func isStack(s *Source) bool {
	return bytes.Contains(s.Data, []byte("<configuration")) && bytes.Contains(s.Data, []byte("druid."))
}

// stack reads the files of the definition that lie together; none where another of them
// stands for all.
func (k *kube) stack(main *Source) map[string][]Member {
	dir := path.Dir(main.Path)
	types := map[string][]Member{}
	for _, name := range stackFiles {
		s, err := k.in.File(path.Join(dir, name+".xml"))
		if err != nil || !isStack(s) {
			continue
		}
		if len(types) == 0 && s.Path != main.Path && !k.in.Alone {
			return nil
		}
		k.tree.use(s)
		types[name] = k.stackProperties(s)
	}
	k.stackVersion(path.Join(path.Dir(dir), "metainfo.xml"))
	return types
}

// stackProperties are the properties of a file.
func (k *kube) stackProperties(s *Source) (list []Member) {
	root, err := syntax.ParseXML(s.Data)
	if err != nil {
		k.tree.problem(Place{s, err.Span.Start.Offset, err.Span.End.Offset}, "cannot be read as XML: "+err.Msg)
		return []Member{}
	}
	for _, p := range root.Children {
		name, named := p.Child("name")
		value, set := p.Child("value")
		if p.Name != "property" || !named || !set {
			continue
		}
		key, text := xmlText(s, name), xmlText(s, value)
		if text.s == "" || slices.Contains(advised, key.s) {
			text = key.made(unknown(key.s))
		}
		list = append(list, Member{key, &Node{Kind: Scalar, Tag: "!!str", Text: text, At: text.Place()}})
	}
	return list
}

// xmlText is the text of an element, without the blanks around it.
func xmlText(s *Source, e *syntax.Element) Text {
	text, at := strings.TrimSpace(e.Text), Place{s, e.TextSpan.Start.Offset, e.TextSpan.End.Offset}
	if text == string(s.Data[at.From:at.To]) {
		return Exact(text, at, spellXML)
	}
	return Made(strings.ReplaceAll(text, "\n", " "), at)
}

func spellXML(text string) (string, bool) {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text), oneLine(text)
}

// stackVersion reads the version of Druid from the definition.
func (k *kube) stackVersion(file string) {
	s, err := k.in.File(file)
	if err != nil {
		return
	}
	root, failed := syntax.ParseXML(s.Data)
	if failed != nil {
		return
	}
	services, ok := root.Child("services")
	if !ok {
		return
	}
	for _, service := range services.Children {
		name, named := service.Child("name")
		version, set := service.Child("version")
		if named && set && strings.TrimSpace(name.Text) == "DRUID" {
			text := xmlText(s, version)
			k.tree.use(s)
			k.tree.Images = append(k.tree.Images, Named{"druid:" + text.s, text.Place()})
		}
	}
}
