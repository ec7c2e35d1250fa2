"""Compare the exact versions of a lock file with known vulnerabilities: python -m scripts.audit FILE

Ends with 0 if none is known, 1 if some are, and 2 if that could not be found out.
"""

import json
import subprocess
import sys

_UNREACHABLE = ("ConnectionError", "Timeout", "NameResolutionError")


def main(lock: str) -> int:
    """Audit a lock file; returns the exit status."""
    command = [sys.executable, "-m", "pip_audit", "--vulnerability-service", "osv", "--no-deps", "--disable-pip"]
    command += ["--progress-spinner", "off", "--format", "json", "--requirement", lock]
    audit = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(audit.stdout)["dependencies"]
    except (ValueError, LookupError):
        if any(error in audit.stderr for error in _UNREACHABLE):
            print("Not audited: the vulnerability service (api.osv.dev) can't be reached.")
        else:
            print(audit.stderr, file=sys.stderr)
        return 2
    vulnerable = [package for package in packages if package.get("vulns")]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    for package in vulnerable:
        for found in package["vulns"]:
            fixed = ", ".join(found["fix_versions"]) or "none yet"
            print(f"{package['name']} {package['version']}: {found['id']}, fixed in: {fixed}")
    print(f"{len(packages) - len(skipped)} packages audited, {len(vulnerable)} with known vulnerabilities.")
    if skipped:
        print(f"Not audited: {', '.join(skipped)}.")
    return 1 if vulnerable else 2 if skipped else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
