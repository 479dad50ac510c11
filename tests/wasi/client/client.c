/*
 * The client of programs that listen: a program of the host.
 *
 *   client ERRORS [WORD...]
 *
 * ERRORS is where the server's standard error goes: "...: listening on HOST:PORT" there tells where to
 * connect, and each later line that the server writes is a sign to go on. The words say what to do: wait:TEXT
 * until ERRORS holds TEXT connect     (again) send:TEXT   and a newline receive     until the server has
 * nothing more to say, and print it finish      shut the sending side down close
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char *errors;

static void fail(const char *what) {
  printf("client: %s\n", what);
  exit(1);
}

/* What the server has written after `text`, once it has. */
static const char *await(const char *text) {
  static char buffer[65536];
  for (int i = 0; i < 6000; i++) {
    FILE *file = fopen(errors, "r");
    if (file != NULL) {
      size_t length = fread(buffer, 1, sizeof buffer - 1, file);
      fclose(file);
      buffer[length] = '\0';
      const char *found = strstr(buffer, text);
      if (found != NULL && strchr(found, '\n') != NULL) {
        return found + strlen(text);
      }
    }
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
  }
  fail(text);
  return NULL;
}

static int connect_to_server(void) {
  const char *place = await(": listening on ");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  address.sin_port = htons((uint16_t)atoi(strchr(place, ':') + 1));
  int server = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(server, (struct sockaddr *)&address, sizeof address) != 0) {
    fail("cannot connect");
  }
  return server;
}

static void send_line(int server, const char *text) {
  if (send(server, text, strlen(text), MSG_NOSIGNAL) < 0 || send(server, "\n", 1, MSG_NOSIGNAL) < 0) {
    fail("cannot send");
  }
}

static void receive(int server) {
  char buffer[1000];
  ssize_t length;
  while ((length = recv(server, buffer, sizeof buffer, 0)) > 0) {
    fwrite(buffer, 1, (size_t)length, stdout);
  }
  puts(length == 0 ? "(end)" : "(error)");
}

int main(int argc, char **argv) {
  int server = -1;
  errors = argc > 1 ? argv[1] : "";
  for (int i = 2; i < argc; i++) {
    if (strncmp(argv[i], "wait:", 5) == 0) {
      await(argv[i] + 5);
    } else if (strcmp(argv[i], "connect") == 0) {
      server = connect_to_server();
    } else if (strncmp(argv[i], "send:", 5) == 0) {
      send_line(server, argv[i] + 5);
    } else if (strcmp(argv[i], "receive") == 0) {
      receive(server);
    } else if (strcmp(argv[i], "finish") == 0) {
      shutdown(server, SHUT_WR);
    } else if (strcmp(argv[i], "close") == 0) {
      close(server);
    } else {
      fail(argv[i]);
    }
  }
  return 0;
}
