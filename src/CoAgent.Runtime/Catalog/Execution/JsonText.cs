using System.Text.Json.Serialization;

namespace CoAgent.Runtime.Catalog.Execution;

/// <summary>Texts as JSON.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class JsonText : JsonSerializerContext;
