"""Which of CI's jobs run for a pull or merge request."""

import pytest

from datacanary.project.git.pull_request import pull_request_event


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"GITHUB_EVENT_NAME": "pull_request"}, "GITHUB_EVENT_NAME=pull_request"),
        ({"GITHUB_EVENT_NAME": "pull_request_target"}, "GITHUB_EVENT_NAME=pull_request_target"),
        ({"CI_PIPELINE_SOURCE": "merge_request_event"}, "CI_PIPELINE_SOURCE=merge_request_event"),
        ({"CI_PIPELINE_SOURCE": "push", "CI_MERGE_REQUEST_IID": "7"}, "CI_MERGE_REQUEST_IID=7"),
        ({"BITBUCKET_PR_ID": "7"}, "BITBUCKET_PR_ID=7"),
        ({"SYSTEM_PULLREQUEST_PULLREQUESTID": "7"}, "SYSTEM_PULLREQUEST_PULLREQUESTID=7"),
        ({"GITHUB_EVENT_NAME": "push"}, ""),
        ({"GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_ACTIONS": "true"}, ""),
        ({"CI_PIPELINE_SOURCE": "schedule", "CI_MERGE_REQUEST_IID": ""}, ""),
        ({}, ""),
    ],
)
def test_a_pull_requests_event_is_told_by_its_sign(environ: dict[str, str], told: str) -> None:
    assert pull_request_event(environ) == told
