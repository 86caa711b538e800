"""Certificates for peers on loopback, good ones and bad ones."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.clock import SystemClock

DAY = timedelta(days=1)


class Authority:
    """A certificate authority of our own in a folder; `ca_file` is what a client must be given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Test authority")
        builder = _builder(self._name, self._name, self._key, _today() + DAY)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        builder = builder.add_extension(_ca_usage(), True)
        identifier = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        builder = builder.add_extension(identifier, False)
        self.ca_file = str(folder / "authority.pem")
        Path(self.ca_file).write_bytes(_pem(builder.sign(self._key, hashes.SHA256())))

    def server(self, *hosts: str, expired: bool = False) -> ssl.SSLContext:
        """A server's side of TLS with a certificate for these hosts, signed by this authority."""
        key = ec.generate_private_key(ec.SECP256R1())
        until = _today() - DAY if expired else _today() + DAY
        builder = _builder(_name(hosts[0]), self._name, key, until)
        builder = builder.add_extension(_alternatives(hosts), False)
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = builder.add_extension(authority, False)
        return self._context(key, builder.sign(self._key, hashes.SHA256()))

    def self_signed(self, *hosts: str) -> ssl.SSLContext:
        """The same with a certificate that nobody vouches for."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(hosts[0])
        builder = _builder(name, name, key, _today() + DAY)
        builder = builder.add_extension(_alternatives(hosts), False)
        return self._context(key, builder.sign(key, hashes.SHA256()))

    def _context(self, key: ec.EllipticCurvePrivateKey, leaf: x509.Certificate) -> ssl.SSLContext:
        file = self._folder / f"{leaf.serial_number}.pem"
        file.write_bytes(_pem(leaf) + _private(key))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _today() -> datetime:
    return SystemClock().now().astimezone(UTC)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    return builder.not_valid_before(_today() - 30 * DAY).not_valid_after(until)


def _alternatives(hosts: tuple[str, ...]) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([_alternative(host) for host in hosts])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _ca_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
