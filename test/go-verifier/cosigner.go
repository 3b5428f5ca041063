package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// cosignatureType is the signature type of timestamped Ed25519 cosignatures, which x/mod does not know.
const cosignatureType = 0x04

// cosigner verifies the cosignatures of one witness (C2SP tlog-cosignature).
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newCosigner(vkey string) (*cosigner, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	id, material, found := strings.Cut(rest, "+")
	bytes, err := base64.StdEncoding.DecodeString(material)
	if !found || err != nil || len(bytes) != 1+ed25519.PublicKeySize || bytes[0] != cosignatureType {
		return nil, errors.New("witness key: not a vkey of type 4")
	}
	digest := sha256.Sum256(append([]byte(name+"\n"), bytes...))
	hash := binary.BigEndian.Uint32(digest[:4])
	if id != fmt.Sprintf("%08x", hash) {
		return nil, errors.New("witness key: its id is not that of its name and key")
	}
	return &cosigner{name, hash, bytes[1:]}, nil
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }

func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, text)
	return time != 0 && ed25519.Verify(c.key, []byte(message), signature[8:])
}
