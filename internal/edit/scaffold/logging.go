package scaffold

import _ "embed"

// Everything is logged to standard output, which supervise keeps in files.

// log4j2 is for Druid, and for ZooKeeper from 0.17 on.
//
//go:embed log4j2.xml
var log4j2 string

// log4j1 is for the ZooKeeper of older distributions.
//
//go:embed log4j.xml
var log4j1 string
