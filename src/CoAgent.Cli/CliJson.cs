using System.Collections.Immutable;
using System.Text.Json.Serialization;
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
internal sealed partial class CliJson : JsonSerializerContext;
