package io.drawbridge.intake.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.organization.PermissionName;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The table from events to IAM actions")
class ActionTableTests {

    private final ActionTable table = ActionTable.builtIn();

    @ParameterizedTest(name = "R11 {0} {1} is {2}")
    @CsvSource({
        "s3, DeleteBucket, s3:DeleteBucket",
        "s3, ListObjects, s3:ListBucket",
        "s3, ListObjectsV2, s3:ListBucket",
        "s3, HeadBucket, s3:ListBucket",
        "s3, HeadObject, s3:GetObject",
        "s3, CopyObject, s3:PutObject",
        "s3, UploadPart, s3:PutObject",
        "s3, PutBucketLifecycle, s3:PutLifecycleConfiguration",
        "s3, DeleteBucketEncryption, s3:PutEncryptionConfiguration",
        "s3, DeleteBucketPublicAccessBlock, s3:PutBucketPublicAccessBlock",
        "monitoring, DeleteAlarms, cloudwatch:DeleteAlarms",
        "email, SendEmail, ses:SendEmail",
        "tagging, TagResources, tag:TagResources",
        "elasticmapreduce, RunJobFlow, elasticmapreduce:RunJobFlow",
        "streams.dynamodb, GetRecords, dynamodb:GetRecords",
        "sso, CreateAccountAssignment, sso:CreateAccountAssignment",
        "sso-directory, CreateUser, sso-directory:CreateUser",
        "models.lex, PutBot, lex:PutBot",
        "cognito-idp, DeleteUserPool, cognito-idp:DeleteUserPool",
        "ec2, TerminateInstances, ec2:TerminateInstances",
        "lambda, CreateFunction20150331, lambda:CreateFunction",
        "lambda, UpdateFunctionCode20150331v2, lambda:UpdateFunctionCode",
        "lambda, Invoke, lambda:InvokeFunction",
        "cloudfront, UpdateDistribution2020_05_31, cloudfront:UpdateDistribution",
        "apigateway, CreateRestApi, apigateway:POST",
        "apigateway, DeleteStage, apigateway:DELETE",
        "apigateway, ImportRestApi, apigateway:POST",
        "cloudcontrolapi, CreateResource, cloudformation:CreateResource"
    })
    void mapsEvent(String source, String event, String action) {
        assertThat(table.action(source + ".amazonaws.com", event).permission()).contains(PermissionName.parse(action));
    }

    @ParameterizedTest(name = "R11 {0} {1} stays unmapped: {2}")
    @CsvSource({
        "unheard-of.amazonaws.com, DeleteAll, is not in the table of services",
        "s3.evil.example, DeleteBucket, is not in the table of services",
        "s3, DeleteBucket, is not in the table of services",
        "s3.amazonaws.com, DeleteObject, may be s3:DeleteObject or s3:DeleteObjectVersion",
        "kms.amazonaws.com, ReEncrypt, may be kms:ReEncryptFrom or kms:ReEncryptTo",
        "apigateway.amazonaws.com, PublishPortal, cannot be mapped",
        "s3.amazonaws.com, s3:*, cannot be mapped",
        "iam.amazonaws.com, Delete*, cannot be mapped"
    })
    void leavesUnmapped(String source, String event, String reason) {
        DeniedAction action = table.action(source, event);

        assertThat(action.permission()).isEmpty();
        assertThat(action.reason()).contains(reason);
    }
}
