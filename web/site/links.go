package main

import (
	"html"
	"path"
	"regexp"
	"strings"
)

var (
	linkTo  = regexp.MustCompile(` (?:href|src|action)="([^"]*)"`)
	placeAt = regexp.MustCompile(` id="([^"]*)"`)
)

// app is the page that lints in the browser: `make web` puts it above this site.
const app = "../index.html"

// noIcon keeps browsers from asking for an icon.
const noIcon = "data:,"

// brokenLinks are the links of pages to a page, a file or a place in a page that is
// not there. Other hosts are not asked.
func brokenLinks(texts map[string][]byte) (broken []string) {
	places := map[string]bool{}
	for name, text := range texts {
		places[name] = true
		for _, id := range placeAt.FindAllSubmatch(text, -1) {
			places[name+"#"+html.UnescapeString(string(id[1]))] = true
		}
	}
	for name, text := range texts {
		if path.Ext(name) != ".html" {
			continue
		}
		for _, match := range linkTo.FindAllSubmatch(text, -1) {
			link := html.UnescapeString(string(match[1]))
			if to := follow(name, link); !places[to] && to != app && !strings.HasPrefix(link, "https://") && link != noIcon {
				broken = append(broken, name+": "+link)
			}
		}
	}
	return broken
}

// follow is where a link of a page leads.
func follow(from, link string) string {
	file, place, found := strings.Cut(link, "#")
	to := from
	if file != "" {
		to = path.Join(path.Dir(from), file)
	}
	if found {
		to += "#" + place
	}
	return to
}
