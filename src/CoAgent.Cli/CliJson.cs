using System.Collections.Immutable;
using System.Text.Json.Serialization;
using CoAgent.Cli.Catalog;
using CoAgent.Cli.Commands;
using CoAgent.Proxy.Hosting;

namespace CoAgent.Cli;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(ImmutableArray<NoticeReport>))]
[JsonSerializable(typeof(CallReport))]
[JsonSerializable(typeof(VerificationReport))]
[JsonSerializable(typeof(CatalogReport))]
[JsonSerializable(typeof(ImmutableArray<ApprovalReport>))]
[JsonSerializable(typeof(ImmutableArray<ForgottenReport>))]
[JsonSerializable(typeof(ImmutableArray<ServerDiffReport>))]
[JsonSerializable(typeof(DraftReport))]
[JsonSerializable(typeof(ImmutableArray<CheckedToolReport>))]
[JsonSerializable(typeof(ShownToolReport))]
[JsonSerializable(typeof(TableReport))]
internal sealed partial class CliJson : JsonSerializerContext;
