"""Furnishes the AWS of docker-compose.yml: an organization with two accounts and the people of the realm "production".

The first argument is the file to which it writes what Drawbridge has to be told of that organization, the second the one for
the key that signs the audit chain, which is made once. A second run finds everything there and writes the same. The AWS is moto's, which forgets everything when it stops: then furnish it again, and
start Drawbridge on an empty database.
"""

import json
import os
import sys

import boto3
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

REGION = "eu-central-1"
# The account that moto takes every caller for.
CONTROL = "123456789012"
UNITS = {"workloads": ["payments-prod", "payments-dev"], "sandbox": ["playground"]}

address = os.environ["AWS_ENDPOINT_URL"]


def client(service):
    return boto3.client(
        service, endpoint_url=address, region_name=REGION, aws_access_key_id="compose", aws_secret_access_key="compose"
    )


organizations = client("organizations")
try:
    organizations.create_organization(FeatureSet="ALL")
except organizations.exceptions.AlreadyInOrganizationException:
    print("The organization is there already.")
root = organizations.list_roots()["Roots"][0]["Id"]
if not organizations.list_roots()["Roots"][0]["PolicyTypes"]:
    organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
accounts = {account["Name"]: account["Id"] for account in organizations.list_accounts()["Accounts"]}
units = {
    unit["Name"]: unit["Id"] for unit in organizations.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
}
for unit, names in UNITS.items():
    parent = units.get(unit)
    if parent is None:
        parent = organizations.create_organizational_unit(ParentId=root, Name=unit)["OrganizationalUnit"]["Id"]
    for name in names:
        if name not in accounts:
            status = organizations.create_account(AccountName=name, Email=f"{name}@acme.test")["CreateAccountStatus"]
            organizations.move_account(AccountId=status["AccountId"], SourceParentId=root, DestinationParentId=parent)

instance = client("sso-admin").list_instances()["Instances"][0]
store = client("identitystore")
known = {user["UserName"] for user in store.list_users(IdentityStoreId=instance["IdentityStoreId"])["Users"]}
with open(os.path.join(os.path.dirname(__file__), "..", "keycloak", "production-realm.json"), encoding="utf-8") as realm:
    for user in json.load(realm)["users"]:
        if "email" in user and user["email"] not in known:
            store.create_user(
                IdentityStoreId=instance["IdentityStoreId"],
                UserName=user["email"],
                DisplayName=user["firstName"],
                Name={"GivenName": user["firstName"], "FamilyName": user["lastName"]},
                Emails=[{"Value": user["email"], "Primary": True}],
            )

tenant = "drawbridge.aws.tenants.acme."
with open(sys.argv[1], "w", encoding="utf-8") as properties:
    for key, value in {
        "account-id": CONTROL,
        "role-arn": f"arn:aws:iam::{CONTROL}:role/Drawbridge-acme",
        "external-id": "compose",
        "region": REGION,
        # For AWS these are two accounts; moto keeps the organization in the account of whoever calls.
        "management-account-id": "999999999999",
        "instance-arn": instance["InstanceArn"],
        "identity-store-id": instance["IdentityStoreId"],
        "break-glass-roles[0]": "arn:aws:iam::*:role/BreakGlass",
    }.items():
        properties.write(f"{tenant}{key}={value}\n")
print(f"Furnished: {sys.argv[1]} says what Drawbridge has to know.")

if not os.path.exists(sys.argv[2]):
    key = Ed25519PrivateKey.generate()
    with open(sys.argv[2], "wb") as both:
        both.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        both.write(
            key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )
