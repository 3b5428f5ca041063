// Checks a Baton log with code that Baton did not write: golang.org/x/mod/sumdb/note and tlog, and crypto/ed25519.
//
//	go run . LOGDIR LOG-VKEY [WITNESS-VKEY...] < proofs.json
//
// LOGDIR holds `checkpoint` and `tile/…` as a C2SP tlog-tiles log serves them. From the standard input come proofs to
// be judged one by one. Prints one JSON object; the exit code is 0 when the log itself is whole, else 1.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight is what C2SP fixes; x/mod writes it into its own paths.
const tileHeight = 8

type inclusion struct {
	Index, Size    int64
	LeafHash, Root string
	Proof          []string
}

type consistency struct {
	OldSize, NewSize int64
	OldRoot, NewRoot string
	Proof            []string
}

type questions struct {
	Inclusion   []inclusion
	Consistency []consistency
	Notes       []string
}

type answers struct {
	Size        int64    `json:"size"`
	Entries     int64    `json:"entries"`
	SignedBy    []string `json:"signedBy"`
	Inclusion   []bool   `json:"inclusion"`
	Consistency []bool   `json:"consistency"`
	Notes       []bool   `json:"notes"`
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "go-verifier LOGDIR LOG-VKEY [WITNESS-VKEY...] < proofs.json")
		os.Exit(3)
	}
	said, err := verify(os.Args[1], os.Args[2], os.Args[3:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "go-verifier:", err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(said)
}

func verify(dir, logKey string, witnessKeys []string) (*answers, error) {
	verifiers, err := knownKeys(logKey, witnessKeys)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return nil, err
	}
	tree, signedBy, err := openCheckpoint(text, verifiers)
	if err != nil {
		return nil, err
	}
	said := &answers{Size: tree.N, SignedBy: signedBy}
	if said.Entries, err = checkLog(dir, tree); err != nil {
		return nil, err
	}
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return nil, err
	}
	var asked questions
	if err := json.Unmarshal(input, &asked); err != nil {
		return nil, err
	}
	for _, one := range asked.Inclusion {
		said.Inclusion = append(said.Inclusion, includes(one))
	}
	for _, one := range asked.Consistency {
		said.Consistency = append(said.Consistency, isConsistent(one))
	}
	for _, one := range asked.Notes {
		_, _, err := openCheckpoint([]byte(one), verifiers)
		said.Notes = append(said.Notes, err == nil)
	}
	return said, nil
}

func knownKeys(logKey string, witnessKeys []string) (note.Verifiers, error) {
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return nil, fmt.Errorf("log key: %w", err)
	}
	known := []note.Verifier{log}
	for _, vkey := range witnessKeys {
		witness, err := newCosigner(vkey)
		if err != nil {
			return nil, err
		}
		known = append(known, witness)
	}
	return note.VerifierList(known...), nil
}

// openCheckpoint has x/mod read the note, and its body once the first line is the one that x/mod expects.
func openCheckpoint(text []byte, verifiers note.Verifiers) (tlog.Tree, []string, error) {
	opened, err := note.Open(text, verifiers)
	if err != nil {
		return tlog.Tree{}, nil, err
	}
	_, rest, found := strings.Cut(opened.Text, "\n")
	if !found {
		return tlog.Tree{}, nil, errors.New("the checkpoint has one line only")
	}
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + rest))
	var names []string
	for _, signature := range opened.Sigs {
		names = append(names, signature.Name)
	}
	return tree, names, err
}

// tiles serves x/mod from a folder laid out as C2SP says: tile/<L>/…, without the height.
type tiles struct{ dir string }

func (t tiles) Height() int { return tileHeight }

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(t.dir, path))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

// checkLog computes the root from the tiles, then holds every entry against its leaf.
func checkLog(dir string, tree tlog.Tree) (int64, error) {
	reader := tlog.TileHashReader(tree, tiles{dir})
	root, err := tlog.TreeHash(tree.N, reader)
	if err != nil {
		return 0, err
	}
	if root != tree.Hash {
		return 0, errors.New("the tiles do not hash to the checkpoint")
	}
	for index := int64(0); index < tree.N; {
		entries, err := readBundle(dir, tree.N, index)
		if err != nil {
			return 0, err
		}
		// The reader has authenticated these hashes against the checkpoint's root.
		indexes := make([]int64, len(entries))
		for at := range entries {
			indexes[at] = tlog.StoredHashIndex(0, index+int64(at))
		}
		leaves, err := reader.ReadHashes(indexes)
		if err != nil {
			return 0, err
		}
		for at, entry := range entries {
			if tlog.RecordHash(entry) != leaves[at] {
				return 0, fmt.Errorf("entry %d is not the leaf of the tree", index+int64(at))
			}
		}
		index += int64(len(entries))
	}
	return tree.N, nil
}

func readBundle(dir string, size, index int64) ([][]byte, error) {
	tile := tlog.Tile{H: tileHeight, L: 0, N: index >> tileHeight, W: 1 << tileHeight}
	if left := size - tile.N<<tileHeight; left < int64(tile.W) {
		tile.W = int(left)
	}
	path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
	bundle, err := os.ReadFile(filepath.Join(dir, path))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for rest := bytes.NewReader(bundle); rest.Len() > 0; {
		var length uint16
		if err := binary.Read(rest, binary.BigEndian, &length); err != nil {
			return nil, err
		}
		entry := make([]byte, length)
		if _, err := io.ReadFull(rest, entry); err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	if len(entries) != tile.W {
		return nil, fmt.Errorf("%s holds %d entries", path, len(entries))
	}
	return entries, nil
}

func includes(claim inclusion) bool {
	hashes, err := parseHashes(append([]string{claim.LeafHash, claim.Root}, claim.Proof...))
	if err != nil || claim.Index < 0 || claim.Index >= claim.Size {
		return false
	}
	return tlog.CheckRecord(hashes[2:], claim.Size, hashes[1], claim.Index, hashes[0]) == nil
}

func isConsistent(claim consistency) bool {
	hashes, err := parseHashes(append([]string{claim.OldRoot, claim.NewRoot}, claim.Proof...))
	if err != nil || claim.OldSize < 1 || claim.OldSize > claim.NewSize {
		return false
	}
	return tlog.CheckTree(hashes[2:], claim.NewSize, hashes[1], claim.OldSize, hashes[0]) == nil
}

func parseHashes(texts []string) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, text := range texts {
		bytes, err := base64.StdEncoding.Strict().DecodeString(text)
		if err != nil || len(bytes) != tlog.HashSize {
			return nil, errors.New("not the base64 of a hash")
		}
		hashes = append(hashes, tlog.Hash(bytes))
	}
	return hashes, nil
}
