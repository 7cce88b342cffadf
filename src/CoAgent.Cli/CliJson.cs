using System.Text.Json.Serialization;
using CoAgent.Cli.Commands;
using CoAgent.Proxy.Hosting;

namespace CoAgent.Cli;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class CliJson : JsonSerializerContext;
