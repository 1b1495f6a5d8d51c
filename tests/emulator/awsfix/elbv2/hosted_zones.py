"""The Route 53 hosted zones in which the names of load balancers live.

AWS General Reference, "Elastic Load Balancing endpoints and quotas":
https://docs.aws.amazon.com/general/latest/gr/elb.html
"""

NETWORK = {
    "af-south-1": "Z203XCE67M25HM",
    "ap-east-1": "Z12Y7K3UBGUAD1",
    "ap-northeast-1": "Z31USIVHYNEOWT",
    "ap-northeast-2": "ZIBE1TIR4HY56",
    "ap-northeast-3": "Z1GWIQ4HH19I5X",
    "ap-south-1": "ZVDDRBQ08TROA",
    "ap-southeast-1": "ZKVM4W9LS7TM",
    "ap-southeast-2": "ZCT6FZBF4DROD",
    "ca-central-1": "Z2EPGBW3API2WT",
    "eu-central-1": "Z3F0SRJ5LGBH90",
    "eu-north-1": "Z1UDT6IFJ4EJM",
    "eu-south-1": "Z23146JA1KNAFP",
    "eu-west-1": "Z2IFOLAFXWLO4F",
    "eu-west-2": "ZD4D7Y8KGAS4G",
    "eu-west-3": "Z1CMS0P5QUZ6D5",
    "me-south-1": "Z3QSRYVP46NYYV",
    "sa-east-1": "ZTK26PT1VY4CU",
    "us-east-1": "Z26RNL4JYFTOTI",
    "us-east-2": "ZLMOA37VPKANP",
    "us-west-1": "Z24FKFUX50B4VW",
    "us-west-2": "Z18D5FSROUN65G",
}


def network_zone(region):
    """The zone of a region's Network Load Balancers; a made-up one where the table has none."""
    return NETWORK.get(region, "Z" + region.replace("-", "").upper() + "NLB")


def region_of_network_zone(zone_id):
    """The region whose Network Load Balancers live in the zone, or None."""
    return next((region for region, zone in NETWORK.items() if zone == zone_id), None)
