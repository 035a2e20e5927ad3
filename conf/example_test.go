package conf_test

import (
	"context"
	"fmt"
	"log"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// What a process gets for a property, and which line says so.
func ExampleOpen() {
	target, err := schema.ParseTarget("imply-3.0.19")
	if err != nil {
		log.Fatal(err)
	}
	trees, err := conf.Open(context.Background(), "../testdata/demo/conf", conf.Options{Target: &target})
	if err != nil {
		log.Fatal(err)
	}
	for _, tree := range trees {
		historical := tree.Service("historical")
		v := historical.Get("druid.processing.numThreads")
		fmt.Printf("%s: %s is %s\n", tree.Path, v.Key, v.Text)
		fmt.Printf("written in %s, line %d\n", v.File.Path, v.Span.Start.Line)
		v = historical.Get("druid.server.tier")
		fmt.Printf("%s is %s by default: %v\n", v.Key, v.Text, !v.Set)
	}
	// Output:
	// ../testdata/demo/conf: druid.processing.numThreads is 7
	// written in ../testdata/demo/conf/druid/historical/runtime.properties, line 8
	// druid.server.tier is _default_tier by default: true
}

// The tree that a file belongs to.
func ExampleAround() {
	dir, rel, err := conf.Around("prod/conf/druid/broker/runtime.properties")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(dir)
	fmt.Println(rel)
	// Output:
	// prod/conf
	// druid/broker/runtime.properties
}

// Properties as Java reads them, with their places.
func ExampleParseProperties() {
	p := syntax.ParseProperties([]byte("druid.port : 80\\\n  82\n# no more\n"))
	for _, e := range p.Entries {
		fmt.Printf("%s=%s at line %d, column %d\n", e.Key, e.Value, e.KeySpan.Start.Line, e.KeySpan.Start.Column)
	}
	// Output:
	// druid.port=8082 at line 1, column 1
}
