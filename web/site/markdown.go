package main

import (
	"bytes"
	"fmt"
	"html/template"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/implycheck/implycheck/schema"
)

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID()))

// reading is a document on its way to a page.
type reading struct {
	*site
	*page
	// dir is where its links begin, in the repository.
	dir    string
	source []byte
	// mentioned are the properties that it speaks of.
	mentioned map[string]bool
}

// document makes a page of a Markdown file.
func (s *site) document(file string) error {
	source, err := os.ReadFile(filepath.Join(s.root, file))
	if err != nil {
		return err
	}
	name, _ := s.place(file)
	r := &reading{s, &page{Path: name, Section: sectionOf(name)}, path.Dir(file), source, map[string]bool{}}
	tree := markdown.Parser().Parse(text.NewReader(source))
	if err := ast.Walk(tree, r.visit); err != nil {
		return err
	}
	r.describe(tree)
	var b bytes.Buffer
	if err := markdown.Renderer().Render(&b, source, tree); err != nil {
		return err
	}
	r.Body = template.HTML(scrolling.Replace(b.String()))
	if id, ok := strings.CutPrefix(strings.TrimSuffix(name, ".html"), "rules/"); ok && id != "index" {
		for property := range r.mentioned {
			s.rulesOf[property] = append(s.rulesOf[property], id)
		}
	}
	return s.add(r.page)
}

// scrolling lets wide tables and long lines be moved sideways, with keys too.
var scrolling = strings.NewReplacer("<table>", `<div class="wide" tabindex="0"><table>`, "</table>", "</table></div>", "<pre>", `<pre tabindex="0">`)

func (r *reading) visit(n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	switch n := n.(type) {
	case *ast.Link:
		n.Destination = []byte(r.follow(string(n.Destination)))
		return ast.WalkSkipChildren, nil
	case *ast.CodeSpan:
		r.linkCode(n)
		return ast.WalkSkipChildren, nil
	case *ast.FencedCodeBlock:
		if string(n.Language(r.source)) == "text" { // what implycheck says
			r.mentions(blockText(n, r.source))
		}
	case *ast.Text:
		r.linkNames(n)
	}
	return ast.WalkContinue, nil
}

// follow is where a link of the document leads in the site.
func (r *reading) follow(link string) string {
	if strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "#") {
		return link
	}
	file, place, _ := strings.Cut(link, "#")
	name, ok := r.place(path.Join(r.dir, file))
	if !ok {
		r.broken = append(r.broken, r.page.Path+": "+link)
		return link
	}
	if place != "" {
		name += "#" + place
	}
	return r.link(name)
}

// linkCode makes a link of code that is the name of a rule, or of a property.
func (r *reading) linkCode(n *ast.CodeSpan) {
	name := nodeText(n, r.source)
	to := ""
	if p, ok := schema.Lookup(name); ok && strings.HasPrefix(name, "druid.") {
		to = r.mention(p)
	} else if _, err := os.Stat(filepath.Join(r.root, "docs/rules", name+".md")); err == nil && name != "index" {
		to = "rules/" + name + ".html"
	}
	if to == "" || to == r.Path {
		return
	}
	link := ast.NewLink()
	link.Destination = []byte(r.link(to))
	n.Parent().ReplaceChild(n.Parent(), n, link)
	link.AppendChild(link, n)
}

// nameInText is what looks like a property in a sentence.
var nameInText = regexp.MustCompile(`druid(\.[A-Za-z0-9_]+)+`)

// linkNames makes links of the properties that a text names.
func (r *reading) linkNames(n *ast.Text) {
	value, parent := n.Segment, n.Parent()
	end := value.Start
	for _, at := range r.namesIn(string(value.Value(r.source))) {
		link := ast.NewLink()
		link.Destination = []byte(r.link(r.mention(at.property)))
		link.AppendChild(link, ast.NewTextSegment(text.NewSegment(value.Start+at.from, value.Start+at.to)))
		parent.InsertBefore(parent, n, ast.NewTextSegment(text.NewSegment(end, value.Start+at.from)))
		parent.InsertBefore(parent, n, link)
		end = value.Start + at.to
	}
	n.Segment = text.NewSegment(end, value.Stop)
}

type namedAt struct {
	property *schema.Property
	from, to int
}

// namesIn finds the properties in a text; org.apache.druid.x is none.
func (r *reading) namesIn(words string) (found []namedAt) {
	for _, at := range nameInText.FindAllStringIndex(words, -1) {
		if at[0] > 0 && strings.ContainsAny(words[at[0]-1:at[0]], ".-/_") {
			continue
		}
		if p, ok := schema.Lookup(words[at[0]:at[1]]); ok {
			found = append(found, namedAt{p, at[0], at[1]})
		}
	}
	return found
}

func (r *reading) mentions(words string) {
	for _, at := range r.namesIn(words) {
		r.mention(at.property)
	}
}

// mention notes that the document speaks of a property, and is its page.
func (r *reading) mention(p *schema.Property) string {
	r.mentioned[p.Name] = true
	return propertyPath(p)
}

// describe finds the title, the summary and the sections of a page, and what to
// search in.
func (r *reading) describe(tree ast.Node) {
	type section struct {
		heading
		words []string
	}
	var sections []section
	for n := tree.FirstChild(); n != nil; n = n.NextSibling() {
		words := nodeText(n, r.source)
		if h, ok := n.(*ast.Heading); ok && h.Level <= 2 {
			id, _ := h.AttributeString("id")
			sections = append(sections, section{heading{fmt.Sprintf("%s", id), words}, nil})
			continue
		}
		if len(sections) > 0 {
			last := &sections[len(sections)-1]
			last.words = append(last.words, words)
		}
	}
	if len(sections) == 0 {
		r.broken = append(r.broken, r.Path+": no heading")
		return
	}
	r.Title = sections[0].Text
	if len(sections[0].words) > 0 {
		r.Summary = sections[0].words[0]
	}
	if path.Dir(r.Path) == "rules" && r.Title != "Rules" {
		words := []string{r.Summary}
		for _, s := range sections[1:] {
			if s.Text != "Wrong" && s.Text != "Right" && s.Text != "Source" {
				words = append(words, s.words...)
			}
		}
		r.search = append(r.search, entry{"rule", r.Title, r.Path, strings.Join(words, " ")})
		return
	}
	for i, s := range sections {
		to, title := r.Path, r.Title
		if i > 0 {
			to, title = to+"#"+s.ID, title+": "+s.Text
			r.Contents = append(r.Contents, s.heading)
		}
		if r.Title == "Rules" { // each has its own page
			s.words = nil
		}
		r.search = append(r.search, entry{"page", title, to, strings.Join(s.words, " ")})
	}
	if len(r.Contents) < 5 {
		r.Contents = nil
	}
}

// nodeText is the text of a block, without its marks.
func nodeText(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				b.Write(n.Segment.Value(source))
				if n.SoftLineBreak() {
					b.WriteByte(' ')
				}
			}
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			if entering {
				b.WriteString(blockText(n, source))
			}
		default:
			if !entering && n.Type() == ast.TypeBlock {
				b.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(b.String())
}

func blockText(n ast.Node, source []byte) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		b.Write(line.Value(source))
	}
	return b.String()
}
