using System.Text.Encodings.Web;
using System.Text.Json;

namespace CoAgent.Cli;

/// <summary>How JSON is printed that has no type of its own.</summary>
internal static class CliText
{
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
