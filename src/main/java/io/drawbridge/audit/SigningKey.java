package io.drawbridge.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Set;

/** The key that heads are signed with; of Ed25519, in a PEM file that holds both of its halves. */
final class SigningKey {
    private static final int LINE = 64;

    private final PrivateKey key;
    private final VerifyingKey verifying;

    private SigningKey(PrivateKey key, VerifyingKey verifying) {
        this.key = key;
        this.verifying = verifying;
    }

    /**
     * Reads both halves.
     *
     * @throws IllegalArgumentException if the file cannot be read, lacks one of them, or they are not of one pair
     */
    static SigningKey read(Path file) {
        SigningKey read;
        try {
            read = new SigningKey(
                    KeyFactory.getInstance(VerifyingKey.ALGORITHM)
                            .generatePrivate(new PKCS8EncodedKeySpec(VerifyingKey.block(file, "PRIVATE KEY"))),
                    VerifyingKey.read(file));
        } catch (GeneralSecurityException unreadable) {
            throw new IllegalArgumentException(
                    "The PRIVATE KEY in \"" + file + "\" is no private key of Ed25519 in PKCS #8.", unreadable);
        }
        Head trial = read.sign(new Head(Head.TYPE, "", "", 0, "", "", "", "", "", ""));
        if (!read.verifying.signed(trial)) {
            throw new IllegalArgumentException(
                    "The PRIVATE KEY and the PUBLIC KEY in \"" + file + "\" are not of one pair.");
        }
        return read;
    }

    /** Makes a new pair and writes it into a new file that only its owner may read. */
    static SigningKey make(Path file) throws IOException {
        KeyPair pair;
        try {
            pair = KeyPairGenerator.getInstance(VerifyingKey.ALGORITHM).generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every Java platform from 15 on has Ed25519.", impossible);
        }
        VerifyingKey verifying = new VerifyingKey(pair.getPublic());
        FileAttribute<?>[] ownerOnly =
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        try (var out = Files.newByteChannel(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly)) {
            out.write(StandardCharsets.US_ASCII.encode(
                    pem("PRIVATE KEY", pair.getPrivate().getEncoded()) + verifying.pem()));
        }
        return new SigningKey(pair.getPrivate(), verifying);
    }

    static String pem(String name, byte[] encoded) {
        return "-----BEGIN " + name + "-----\n"
                + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(encoded) + "\n-----END " + name
                + "-----\n";
    }

    VerifyingKey verifying() {
        return verifying;
    }

    Head sign(Head head) {
        try {
            Signature signature = Signature.getInstance(VerifyingKey.ALGORITHM);
            signature.initSign(key);
            signature.update(head.text());
            return head.signed(Base64.getEncoder().encodeToString(signature.sign()));
        } catch (GeneralSecurityException failed) {
            throw new IllegalStateException("The head of an audit chain could not be signed.", failed);
        }
    }
}
