using System.Collections;

namespace CoAgent.Proxy.Hosting;

/// <summary>The environment of this process.</summary>
internal static class ProcessEnvironment
{
    public static Dictionary<string, string> Read()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            environment[(string)variable.Key] = (string)variable.Value!;
        }

        return environment;
    }
}
