package main

import (
	"bytes"
	"embed"
	"html/template"
	"path"
	"strings"

	"github.com/implycheck/implycheck/internal/report"
)

//go:embed templates/*.tmpl
var templateFiles embed.FS

//go:embed site.css
var siteStyle string

//go:embed search.js
var searchScript []byte

var templates = template.Must(template.New("").Funcs(template.FuncMap{"name": breakable}).ParseFS(templateFiles, "templates/*.tmpl"))

// style is what all pages of the project share, and what this site adds.
func style() []byte { return []byte(report.PageStyle() + siteStyle) }

// breakable lets a long name go on in the next line behind its dots.
func breakable(name string) template.HTML {
	return template.HTML(strings.ReplaceAll(template.HTMLEscapeString(name), ".", ".<wbr>"))
}

// page is one page of the site.
type page struct {
	// Path is its name below the site, with slashes.
	Path string
	// Title is for tabs and results; Summary is one sentence or two.
	Title, Summary string
	// Section is the entry of the navigation that it belongs to, by path.
	Section string
	Body    template.HTML
	// Contents are the sections of a long page.
	Contents []heading
	// Scripts run on it.
	Scripts []string
}

type heading struct{ ID, Text string }

// link is the way from this page to another one.
func (p *page) link(to string) string { return relative(p.Path, to) }

// relative is the way from one page to another, or to a place in it.
func relative(from, to string) string {
	up := strings.Repeat("../", strings.Count(from, "/"))
	if dir := path.Dir(from); dir != "." && strings.HasPrefix(to, dir+"/") {
		return strings.TrimPrefix(to, dir+"/")
	}
	return up + to
}

// navigation is in the head of every page.
var navigation = [...]struct{ Path, Title string }{
	{"guide.html", "Guide"},
	{"rules/index.html", "Rules"},
	{"properties/index.html", "Properties"},
	{"sizing.html", "Sizing"},
	{"preflight.html", "Preflight"},
	{"policies.html", "Policies"},
	{"editors.html", "Editors"},
	{"security.html", "Security"},
}

// more is at the foot of every page.
var more = [...]struct{ Path, Title string }{
	{"properties/extensions.html", "Extensions"},
	{"properties/java-flags.html", "Flags of java"},
	{"library.html", "Go library"},
	{"changelog.html", "Changelog"},
	{"contributing.html", "Contributing"},
	{"style.html", "Style"},
	{"reporting.html", "Reporting a hole"},
}

type navigationLink struct {
	URL, Title string
	Current    bool
}

func (s *site) render(p *page) ([]byte, error) {
	head, rest, _ := strings.Cut(string(p.Body), "</h1>")
	data := struct {
		*page
		Head, Rest               template.HTML
		Home, App, Style, Search string
		Scripts                  []string
		Navigation, More         []navigationLink
		Version                  string
	}{page: p, Head: template.HTML(head + "</h1>"), Rest: template.HTML(rest), Home: p.link("index.html"), App: p.link("../index.html"), Style: p.link("site.css"), Search: p.link("search.html"), Version: s.version}
	for _, script := range p.Scripts {
		data.Scripts = append(data.Scripts, p.link(script))
	}
	for _, n := range navigation {
		data.Navigation = append(data.Navigation, navigationLink{p.link(n.Path), n.Title, p.Section == n.Path})
	}
	for _, n := range more {
		data.More = append(data.More, navigationLink{p.link(n.Path), n.Title, p.Path == n.Path})
	}
	return execute("layout.html.tmpl", data)
}

func execute(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	err := templates.ExecuteTemplate(&b, name, data)
	return b.Bytes(), err
}

// fill makes the body of a page from a template, and takes the page.
func (s *site) fill(p *page, name string, data any) error {
	body, err := execute(name, data)
	if err != nil {
		return err
	}
	p.Body = template.HTML(body)
	return s.add(p)
}
