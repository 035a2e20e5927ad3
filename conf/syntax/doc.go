// Package syntax has the exact readers of the files that Druid, Java and their
// launchers read: properties, arguments, shell words, JSON, YAML, XML, zoo.cfg
// and supervise. Each keeps the line and column of everything in a file, and
// reports the first mistake as a SyntaxError. None of them knows Druid.
package syntax
